//! The proof that nothing acknowledged is lost or doubled: the same form sent at once, likes at
//! random, a process that is killed, a database that fails.
//!
//! Without more, each test is as long as a build can wait for; `ECOUTE_LONG=1` makes them as long
//! as they are meant to be, and `ECOUTE_LONG=0.1` a tenth of that. `ECOUTE_SEED` is a number that
//! everything random is drawn from.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails where it stands"
)]
#![expect(
    unreachable_pub,
    reason = "the modules of one test binary share their public items"
)]

#[path = "../binary.rs"]
mod binary;
mod chance;
mod citizen;
mod faults;
mod kept;
mod kill;
mod likes;
mod moderator;
#[path = "../open_campaign.rs"]
mod open_campaign;
#[path = "../patience.rs"]
mod patience;
mod process;
mod proxy;
mod same_form;
mod site;
mod stream;

/// How often something is done: so often in a build, and so often in the long run.
pub fn times(build: u32, long: u32) -> u32 {
    let Ok(share) = std::env::var("ECOUTE_LONG") else {
        return build;
    };
    let share: f64 = share.parse().unwrap();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of times"
    )]
    let asked = (f64::from(long) * share) as u32;
    asked.max(build)
}

/// Says how far a long run is, each time another twentieth is done.
pub struct Progress {
    what: &'static str,
    of: u32,
    began: std::time::Instant,
    said: std::sync::atomic::AtomicU32,
}

impl Progress {
    /// Of so many.
    pub fn of(what: &'static str, of: u32) -> Self {
        let began = std::time::Instant::now();
        let said = 0.into();
        Self {
            what,
            of,
            began,
            said,
        }
    }

    /// So many are done.
    pub fn at(&self, done: u32) {
        if std::env::var("ECOUTE_LONG").is_err() {
            return;
        }
        let twentieth = u64::from(done) * 20 / u64::from(self.of.max(1));
        let twentieth = u32::try_from(twentieth).unwrap();
        if self
            .said
            .fetch_max(twentieth, std::sync::atomic::Ordering::SeqCst)
            < twentieth
        {
            let seconds = self.began.elapsed().as_secs();
            eprintln!("{}: {done} of {} after {seconds} s", self.what, self.of);
        }
    }
}
