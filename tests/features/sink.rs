//! A mail server for tests: it takes messages, or does one of the things that servers do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::message::Message;

/// What the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Takes every message.
    Accept,
    /// Says that nobody has the address.
    RefuseAddress,
    /// Says that it sends for nobody unknown.
    RefuseSender,
    /// Asks to come later.
    Defer,
    /// Closes every connection at once.
    Drop,
    /// Takes the message, and closes the connection before it says so.
    DropAfterData,
    /// Says nothing.
    Silent,
    /// Takes the message, and says so after a while.
    Slow(Duration),
    /// Takes the first message, and says so of others only once so many of them are there.
    Together(usize),
    /// Takes so many messages a second, and refuses others as SES does.
    Takes(usize),
    /// Never says whether it takes anything for this address; takes every other message.
    SilentAbout(&'static str),
}

/// A server that listens.
#[derive(Clone)]
pub struct Sink {
    pub address: String,
    does: Arc<Mutex<Does>>,
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
    /// When each of the last messages came, and how many were refused because of them.
    came: Arc<Mutex<(VecDeque<Instant>, usize)>>,
}

impl Sink {
    pub async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap().to_string(),
            does: Arc::new(Mutex::new(does)),
            taken: Arc::default(),
            came: Arc::default(),
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                // A connection that breaks is what some tests are about.
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        sink
    }

    /// Where it is, for a client that waits as long as a busy machine takes.
    pub fn url(&self) -> String {
        self.url_waiting(30)
    }

    /// The same, for a client that waits so many seconds: for a server that says nothing.
    pub fn url_waiting(&self, seconds: u32) -> String {
        format!("smtp://{}?timeout={seconds}", self.address)
    }

    pub fn does(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }

    /// Every message taken, in the order in which it came.
    pub fn taken(&self) -> Vec<Message> {
        let taken = self.taken.lock().unwrap();
        taken.iter().map(|bytes| Message::parse(bytes)).collect()
    }

    /// How many messages were too many for their second.
    pub fn refused(&self) -> usize {
        self.came.lock().unwrap().1
    }

    /// Every message taken, once there are `count`.
    pub async fn takes(&self, count: usize) -> Vec<Message> {
        let started = Instant::now();
        loop {
            let taken = self.taken();
            if taken.len() >= count {
                assert_eq!(taken.len(), count);
                return taken;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{} messages, never {count}",
                taken.len()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let does = || *self.does.lock().unwrap();
        match does() {
            Does::Drop => return Ok(()),
            Does::Silent => {
                // Until the client leaves.
                let mut stream = stream;
                stream.read_to_end(&mut Vec::new()).await?;
                return Ok(());
            }
            _ => {}
        }
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink\r\n").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.split([' ', '\r']).next().unwrap().to_uppercase();
            let answer: &str = match (verb.as_str(), does()) {
                (_, Does::Drop) => return Ok(()),
                ("EHLO", _) => "250-sink\r\n250 8BITMIME\r\n",
                ("RCPT", Does::RefuseAddress) => "550 5.1.1 <canari@example.org> unknown\r\n",
                ("RCPT", Does::RefuseSender) => "554 5.7.1 relay access denied\r\n",
                ("RCPT", Does::Defer) => "451 4.7.1 greylisted\r\n",
                ("RCPT", Does::SilentAbout(address)) if line.contains(address) => {
                    stream.read_to_end(&mut Vec::new()).await?;
                    return Ok(());
                }
                ("DATA", _) => {
                    stream.write_all(b"354 go\r\n").await?;
                    let message = read_message(&mut stream).await?;
                    if let Does::Takes(a_second) = does()
                        && self.is_too_fast(a_second)
                    {
                        "454 Throttling failure: Maximum sending rate exceeded.\r\n"
                    } else {
                        self.taken.lock().unwrap().push(message);
                        match does() {
                            Does::Slow(time) => tokio::time::sleep(time).await,
                            Does::Together(many) => self.are_there(many).await,
                            Does::DropAfterData => return Ok(()),
                            _ => {}
                        }
                        "250 taken\r\n"
                    }
                }
                ("QUIT", _) => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}

impl Sink {
    /// Whether a message that comes now is one too many of the last second.
    fn is_too_fast(&self, a_second: usize) -> bool {
        let (came, refused) = &mut *self.came.lock().unwrap();
        came.retain(|at| at.elapsed() < Duration::from_secs(1));
        if came.len() < a_second {
            came.push_back(Instant::now());
            return false;
        }
        *refused += 1;
        true
    }

    /// Waits until so many messages came after the first.
    async fn are_there(&self, many: usize) {
        let taken = || self.taken.lock().unwrap().len();
        while taken() != 1 && taken() <= many {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn read_message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        // A leading dot is doubled on the way (RFC 5321, 4.5.2).
        let line = line.strip_prefix(b".").unwrap_or(&line);
        message.extend_from_slice(line);
    }
}
