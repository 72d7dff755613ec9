//! Delivery to a real mail server, where Python's aiosmtpd is at hand, and into a folder.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};

use super::{DeliveryError, Mailbox, Message, Transport, WrongAddress};
use crate::values::Email;

const ID: &str = "6941e96f-e4fc-468b-8b12-ddcdd2b33e55@clr.example.edu";

fn message(to: &str) -> Message {
    Message {
        to: Email::parse(to).unwrap(),
        to_name: "李 \"Bruce\" 小龍, Jr.".to_owned(),
        subject: "Zoë’s award:\r\nBcc: victim@example.edu — très long sujet, ".to_owned() + &"наука ".repeat(20),
        text: "Grüße, 李小龍\n.\nhttps://clr.example.edu/c/19FD-D80S-A9TU\n".to_owned(),
        html: "<p>Grüße, <b>李小龍</b></p>\n".to_owned(),
    }
}

fn registrar() -> Mailbox {
    "Registrar’s Office <registrar@example.edu>".parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

async fn sent(transport: &Transport, to: &str) -> Result<(), DeliveryError> {
    transport.deliver(&registrar(), &message(to), ID, noon()).await
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A mail server of its own process, which ends with the test.
struct Server {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts one, or says that the machine has none.
    fn start() -> Option<Self> {
        let known = Command::new("python3").args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        if !known.is_ok_and(|status| status.success()) {
            #[allow(clippy::print_stdout)]
            {
                println!("skipped: Python's aiosmtpd is not installed");
            }
            return None;
        }
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let process = Command::new("python3")
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}"), "-c", "recording.Recording"])
            .arg(folder.path())
            .env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/smtp"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port, folder };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the mail server did not start");
    }

    fn transport(&self) -> Transport {
        Transport::parse(&format!("smtp://127.0.0.1:{}", self.port)).unwrap()
    }
}

/// A message as another program reads it.
fn read_by_python(file: &Path) -> serde_json::Value {
    const READ: &str = "import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
print(json.dumps({'headers': {k.lower(): str(v) for k, v in m.items()},
    'to_name': m['To'].addresses[0].display_name, 'to': m['To'].addresses[0].addr_spec,
    'from_name': m['From'].addresses[0].display_name, 'type': m.get_content_type(),
    'parts': [[p.get_content_type(), p.get_content().replace('\\r\\n', '\\n')] for p in m.iter_parts()]}))";
    let answer = Command::new("python3").args(["-c", READ]).arg(file).output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).unwrap()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn names_and_subjects_of_any_script_arrive_and_both_parts() {
    let Some(server) = Server::start() else { return };
    sent(&server.transport(), "bruce@example.edu").await.unwrap();
    let read = read_by_python(&server.folder.path().join("1.eml"));
    let written = message("bruce@example.edu");
    assert_eq!(read["to"], "bruce@example.edu");
    assert_eq!(read["to_name"], written.to_name);
    assert_eq!(read["from_name"], "Registrar’s Office");
    assert_eq!(read["headers"]["subject"], written.subject.replace("\r\n", " ").trim_end());
    assert_eq!(read["headers"].get("bcc"), None);
    assert_eq!(read["headers"]["message-id"], format!("<{ID}>"));
    assert_eq!(read["headers"]["auto-submitted"], "auto-generated");
    assert_eq!(read["headers"]["date"], "Mon, 23 Nov 2026 12:00:00 +0000");
    assert_eq!(read["type"], "multipart/alternative");
    assert_eq!(read["parts"][0][0], "text/plain");
    assert_eq!(read["parts"][0][1].as_str().unwrap().trim_end(), written.text.trim_end());
    assert_eq!(read["parts"][1][0], "text/html");
    assert_eq!(read["parts"][1][1].as_str().unwrap().trim_end(), written.html.trim_end());
}

#[tokio::test]
async fn the_same_message_sent_again_has_the_same_bytes() {
    let Some(server) = Server::start() else { return };
    for _ in 0..2 {
        sent(&server.transport(), "bruce@example.edu").await.unwrap();
    }
    let read = |name| std::fs::read(server.folder.path().join(name)).unwrap();
    let first = read("1.eml");
    assert_eq!(first, read("2.eml"));
    assert!(first.windows(2).all(|two| two[1] != b'\n' || two[0] == b'\r'), "a line ends without CR");
    assert!(first.split(|byte| *byte == b'\n').all(|line| line.len() <= 999), "a line is too long");
}

#[tokio::test]
async fn a_refused_recipient_is_refused_for_good_and_a_busy_server_is_not() {
    let Some(server) = Server::start() else { return };
    let permanent = async |to: &str| sent(&server.transport(), to).await.unwrap_err().is_permanent();
    assert!(permanent("unknown@example.edu").await);
    assert!(!permanent("busy@example.edu").await);
    assert!(!permanent("locked@example.edu").await, "missing credentials are ours to repair");
    assert!(permanent("zoë@example.edu").await, "the server does not take such addresses");
    assert!(files(server.folder.path()).is_empty());
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_again_later() {
    let transport = Transport::parse(&format!("smtp://127.0.0.1:{}", free_port())).unwrap();
    let error = sent(&transport, "bruce@example.edu").await.unwrap_err();
    assert!(!error.is_permanent(), "{error}");
}

#[tokio::test]
async fn a_folder_keeps_each_message_as_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("mail");
    let transport = Transport::parse(&format!("file:{}", folder.display())).unwrap();
    for _ in 0..2 {
        sent(&transport, "bruce@example.edu").await.unwrap();
    }
    let kept = files(&folder);
    assert_eq!(kept.len(), 2);
    for file in kept {
        assert_eq!(file.extension().unwrap(), "eml");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(file).unwrap();
        for expected in ["multipart/alternative", "text/plain", "text/html", "<bruce@example.edu>", "19FD-D80S-A9TU"] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("\nBcc:"), "a header was smuggled in: {text}");
    }
}

#[test]
fn only_a_folder_and_a_loopback_address_are_local() {
    let local = |address| Transport::parse(address).unwrap().is_local();
    for here in ["file:mail", "file:///tmp/mail", "smtp://localhost:1025", "smtp://u:p@127.0.0.1:25", "smtp://[::1]:25"]
    {
        assert!(local(here), "{here}");
    }
    for away in [
        "smtps://user:p%40ss@mail.example.edu:465",
        "smtp://mail.example.edu:587?tls=required",
        "smtp://localhost@mail.example.edu",
        "smtp://localhost.example.edu",
        "smtp://10.0.0.1",
        "smtps://mail.example.edu/localhost",
    ] {
        assert!(!local(away), "{away}");
    }
}

#[test]
fn a_wrong_setting_is_told_without_repeating_it() {
    let refusal = |address| Transport::parse(address).unwrap_err();
    assert_eq!(refusal("mailto:a@b.edu"), WrongAddress::Unknown);
    assert_eq!(refusal("file:"), WrongAddress::Folder);
    for wrong in ["smtp://", "smtp://a b", "smtp://127.0.0.1\\@evil.example", "smtp://a\t.b", "smtp://x?tls=maybe"] {
        assert_eq!(refusal(wrong), WrongAddress::Server, "{wrong}");
    }
}
