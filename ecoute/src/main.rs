//! `ecoute`: the command.

use std::process::ExitCode;

use ecoute::cli::{
    Arguments, AuditCommand, Command, ExportArguments, ImportArguments, ImportCommand,
    ImportTestimonialsArguments, MailArguments, MailCommand, OidcArguments, ServeArguments,
    VerifyCommand, VerifyCountsArguments,
};
use ecoute::import::{Publication, Run};
use ecoute::post::MailOptions;
use ecoute::{
    Stopped, analyse, audit, backup, deploy, export, import, mail_test, moderators, publish,
    replay, serve, suppression, verify,
};
use functions::OidcSettings;
use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(stopped) => {
            eprintln!("{stopped}");
            return ExitCode::from(2);
        }
    };
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command())),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(said) => {
            if !said.is_empty() {
                println!("{said}");
            }
            ExitCode::SUCCESS
        }
        Err(stopped) => {
            eprintln!("{stopped}");
            ExitCode::FAILURE
        }
    }
}

/// Logs what `ECOUTE_LOG` asks for to standard error. Whatever it asks, what libraries say below
/// `info` is left out: they show bodies and headers there, and with them addresses and tokens.
fn log() {
    const OURS: [&str; 4] = ["ecoute", "functions", "insights", "site_gen"];
    let asked = EnvFilter::try_from_env("ECOUTE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error,aws_config=error"));
    let safe = filter_fn(|event| {
        let room = event.target().split("::").next().unwrap_or_default();
        *event.level() <= Level::INFO || OURS.contains(&room)
    });
    let lines = fmt::layer().with_writer(std::io::stderr).with_filter(safe);
    tracing_subscriber::registry()
        .with(lines)
        .with(asked)
        .init();
}

async fn run(command: Command) -> Result<String, Stopped> {
    match command {
        Command::Serve(arguments) => run_serve(arguments).await,
        Command::Import(ImportCommand::Ideas(arguments)) => {
            import::import(import_options(arguments)).await
        }
        Command::Import(ImportCommand::Testimonials(arguments)) => {
            import::testimonials::import(testimonials_options(arguments)).await
        }
        Command::Moderator(command) => moderators::run(command.options()).await,
        Command::Mail(MailCommand::Test(arguments)) => {
            mail_test::send(mail_test::Options {
                data_dir: arguments.places.data_dir,
                content: arguments.places.content,
                theme: arguments.places.theme,
                site_url: arguments.site_url,
                mail: mail_options(arguments.mail),
                address: arguments.address,
            })
            .await
        }
        Command::Mail(MailCommand::Suppress(asked)) => {
            suppression::run(asked.options(suppression::Request::Suppress)).await
        }
        Command::Mail(MailCommand::Unsuppress(asked)) => {
            suppression::run(asked.options(suppression::Request::Unsuppress)).await
        }
        Command::Mail(MailCommand::Status(asked)) => {
            suppression::run(asked.options(suppression::Request::Status)).await
        }
        Command::Backup(asked) => {
            let now = functions::system_clock()();
            let database = serve::Database::Embedded;
            backup::backup(&database, &asked.data_dir, &asked.file, now).await
        }
        Command::Restore(asked) => {
            backup::restore(&serve::Database::Embedded, &asked.data_dir, &asked.file).await
        }
        Command::Audit(AuditCommand::Verify(asked)) => {
            let database = serve::Database::Embedded;
            audit::verify(&database, &asked.data_dir, asked.expect.as_deref()).await
        }
        Command::Audit(AuditCommand::Show(asked)) => {
            let form = match asked.format.as_str() {
                "csv" => audit::Form::Csv,
                _ => audit::Form::Text,
            };
            let database = serve::Database::Embedded;
            audit::show(&database, &asked.data_dir, asked.about.as_deref(), form).await
        }
        Command::Analyse(arguments) => {
            let now = functions::system_clock()();
            analyse::run(analyse::Options::of(arguments, now)).await
        }
        Command::Publish(arguments) => {
            let published = publish::publish(arguments.options().await?).await?;
            Ok(published.said)
        }
        Command::Deploy(arguments) => {
            let password = std::env::var("ECOUTE_SMTP_PASSWORD").ok();
            let checked = deploy::check(arguments.options(password).await?).await;
            println!("{}\n", checked.report);
            checked.said
        }
        Command::Replay(arguments) => replay::replay(arguments.options().await?).await,
        Command::Export(arguments) => run_export(arguments).await,
        Command::Verify(VerifyCommand::Counts(arguments)) => verify_counts(arguments).await,
    }
}

async fn run_serve(arguments: ServeArguments) -> Result<String, Stopped> {
    let data_dir = arguments.places.data_dir.clone();
    let served = serve::start(serve::Options {
        data_dir: arguments.places.data_dir,
        content: arguments.places.content,
        theme: arguments.places.theme,
        listen: arguments.listen,
        site_url: arguments.site_url,
        clock: functions::system_clock(),
        database: serve::Database::Embedded,
        expired: serve::Expired::Removed,
        senders: if arguments.behind_proxy {
            functions::Senders::Proxy
        } else {
            functions::Senders::Connection
        },
        timeouts: serve::Timeouts::default(),
        mail: mail_options(arguments.mail),
        oidc: oidc_settings(arguments.oidc),
    })
    .await?;
    println!("{}", served.summary(&data_dir));
    stop_asked().await;
    eprintln!("\n{}", serve::said_stopping());
    served.stop().await;
    Ok(serve::said_stopped())
}

/// Prints what differs, then says how it ends.
async fn verify_counts(arguments: VerifyCountsArguments) -> Result<String, Stopped> {
    let verified = verify::counts(&verify::Options {
        data_dir: arguments.data_dir,
        campaign: arguments.campaign,
        then: if arguments.repair {
            verify::Then::Repair
        } else {
            verify::Then::Say
        },
        database: serve::Database::Embedded,
    })
    .await?;
    if !verified.table.is_empty() {
        println!("{}\n", verified.table);
    }
    verified.said
}

/// Waits for Ctrl-C, or for the system to ask to stop.
async fn stop_asked() {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = ctrl_c => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals there is nothing to wait for, and the server goes on.
    if ctrl_c.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What is exported to the standard output is alone there; the rest is said beside it.
async fn run_export(arguments: ExportArguments) -> Result<String, Stopped> {
    match export::asked(arguments, functions::system_clock()())? {
        export::Asked::Site { data_dir, file } => {
            export::export_site(&serve::Database::Embedded, &data_dir, &file).await
        }
        export::Asked::Campaign(options) => put_out(export::export(options).await?),
        export::Asked::Testimonials(options) => {
            put_out(export::testimonials::export(options).await?)
        }
        export::Asked::Survey(options) => put_out(export::survey::export(options).await?),
    }
}

/// Prints what goes to the standard output, if anything does.
fn put_out(done: export::Exported) -> Result<String, Stopped> {
    let Some(text) = done.text else {
        return Ok(done.said);
    };
    export::to_output(&text)?;
    eprintln!("{}", done.said);
    Ok(String::new())
}

/// What the command line says of mail, with the password that it must not say.
fn mail_options(arguments: MailArguments) -> MailOptions {
    MailOptions {
        smtp: arguments.smtp,
        password: std::env::var("ECOUTE_SMTP_PASSWORD").ok(),
        from: arguments.mail_from,
    }
}

/// What the command line says of a provider, then the environment.
fn oidc_settings(arguments: OidcArguments) -> Option<OidcSettings> {
    OidcSettings::read(|name| {
        let given = match name {
            "ECOUTE_OIDC_ISSUER" => arguments.issuer.clone(),
            "ECOUTE_OIDC_CLIENT_ID" => arguments.client_id.clone(),
            _ => None,
        };
        given.or_else(|| std::env::var(name).ok())
    })
}

fn testimonials_options(arguments: ImportTestimonialsArguments) -> import::testimonials::Options {
    import::testimonials::Options {
        data_dir: arguments.places.data_dir,
        content: arguments.places.content,
        theme: arguments.places.theme,
        space: arguments.space,
        file: arguments.file,
        run: run_of(arguments.dry_run),
        database: serve::Database::Embedded,
    }
}

fn run_of(dry_run: bool) -> Run {
    if dry_run { Run::Dry } else { Run::Real }
}

fn import_options(arguments: ImportArguments) -> import::Options {
    import::Options {
        data_dir: arguments.places.data_dir,
        content: arguments.places.content,
        theme: arguments.places.theme,
        campaign: arguments.campaign,
        file: arguments.file,
        map: arguments.map,
        comments: arguments.comments,
        comments_map: arguments.comments_map,
        publication: if arguments.published {
            Publication::Now
        } else {
            Publication::AfterModeration
        },
        run: run_of(arguments.dry_run),
        database: serve::Database::Embedded,
    }
}
