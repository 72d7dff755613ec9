//! `healthcheck`: asks a running portal whether it is ready.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use super::{Failure, say};
use crate::config::Config;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks where the settings say that the portal listens.
pub async fn run(config: &Config) -> Result<(), Failure> {
    let bind = config.bind;
    match tokio::task::spawn_blocking(move || ask(bind)).await {
        Ok(Ok(200)) => {
            say("ready");
            Ok(())
        }
        Ok(Ok(status)) => Err(Failure::refused(format!("the portal at {bind} is not ready: it answered {status}"))),
        Ok(Err(error)) => Err(Failure::refused(format!("the portal at {bind} does not answer: {error}"))),
        Err(error) => Err(Failure::refused(error.to_string())),
    }
}

/// The status of `GET /readyz`.
pub fn ask(bind: SocketAddr) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&reachable(bind), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {bind}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer)?;
    status_of(&answer).ok_or_else(|| std::io::Error::other("what answers is no web server"))
}

/// An address that stands for all of the machine's is asked for on loopback.
fn reachable(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bind.port())
}

fn status_of(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_all_is_asked_on_loopback() {
        assert_eq!(reachable("0.0.0.0:80".parse().unwrap()), "127.0.0.1:80".parse().unwrap());
        assert_eq!(reachable("[::]:80".parse().unwrap()), "[::1]:80".parse().unwrap());
        assert_eq!(reachable("10.0.0.7:80".parse().unwrap()), "10.0.0.7:80".parse().unwrap());
    }

    #[test]
    fn the_status_is_read_from_the_first_line() {
        assert_eq!(status_of(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"), Some(503));
        assert_eq!(status_of(b"SSH-2.0-OpenSSH\r\n"), None);
        assert_eq!(status_of(b""), None);
    }
}
