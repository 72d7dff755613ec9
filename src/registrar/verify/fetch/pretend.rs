//! Hosts for tests of fetching: real TLS servers on this machine, under names that are invented, with certificates of an
//! authority that is made for the run. It stands only in the test program. Names are looked up here, and what they stand
//! for goes through the same rule as ever; only where the connection then leads is replaced.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    ssl::{SslAcceptor, SslMethod},
    x509::{
        X509, X509Builder, X509NameBuilder,
        extension::{BasicConstraints, SubjectAlternativeName},
    },
};
use ureq::tls::Certificate;

struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| {
    let key = key();
    let mut builder = begun("Authority of the tests", &key);
    let name = builder.build_name("Authority of the tests");
    builder.0.set_issuer_name(&name).unwrap();
    builder.0.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    builder.0.sign(&key, MessageDigest::sha256()).unwrap();
    Authority { certificate: builder.0.build(), key }
});

struct Begun(X509Builder);

impl Begun {
    fn build_name(&self, common: &str) -> openssl::x509::X509Name {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", common).unwrap();
        name.build()
    }
}

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn begun(common: &str, key: &PKey<Private>) -> Begun {
    let mut begun = Begun(X509::builder().unwrap());
    let serial = u32::from_be_bytes(crate::clock::public_id().as_bytes()[..4].try_into().unwrap());
    let name = begun.build_name(common);
    let builder = &mut begun.0;
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    begun
}

/// The certificate that the tests trust beside those of the machine.
pub fn trusted() -> Certificate<'static> {
    Certificate::from_der(&AUTHORITY.certificate.to_der().unwrap()).to_owned()
}

/// What each invented name stands for, one answer a time; the last one stays.
static NAMES: LazyLock<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>> = LazyLock::new(Mutex::default);
/// The port of this machine behind an address.
static PORTS: LazyLock<Mutex<HashMap<IpAddr, u16>>> = LazyLock::new(Mutex::default);

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an invented name stands for this time.
pub fn looked_up(host: &str) -> Option<Vec<SocketAddr>> {
    let mut names = locked(&NAMES);
    let answers = names.get_mut(host)?;
    let answer = if answers.len() > 1 { answers.remove(0) } else { answers.first()?.clone() };
    Some(answer.into_iter().map(|one| SocketAddr::new(one, 443)).collect())
}

/// Where a connection to a vetted address leads in the tests.
pub fn reached(address: SocketAddr) -> SocketAddr {
    match locked(&PORTS).get(&address.ip()) {
        Some(port) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), *port),
        None => address,
    }
}

/// What a path answers: status, further header lines, content.
#[derive(Clone)]
pub struct Page {
    status: u16,
    header: String,
    content: Vec<u8>,
}

impl Page {
    /// An answer with this status.
    pub fn of(status: u16, content: impl Into<Vec<u8>>) -> Self {
        Self { status, header: String::new(), content: content.into() }
    }

    /// An answer that leads elsewhere.
    pub fn redirect(to: &str) -> Self {
        Self { status: 302, header: format!("Location: {to}\r\n"), content: Vec::new() }
    }
}

/// A host that answers over TLS until the tests end.
pub struct Host {
    /// Its name.
    pub name: &'static str,
    /// The public address that it seems to have.
    pub address: IpAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    /// A host of this name, with an address of its own in a network that belongs to everybody.
    pub fn start(name: &'static str) -> Self {
        Self::with_certificate(name, name)
    }

    /// The same with a certificate for another name.
    pub fn with_certificate(name: &'static str, certified: &str) -> Self {
        static NEXT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(1);
        let last = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let address = IpAddr::from([93, 184, 217, last]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        locked(&PORTS).insert(address, listener.local_addr().unwrap().port());
        locked(&NAMES).insert(name.to_owned(), vec![vec![address]]);
        let host = Self { name, address, pages: Arc::default(), asked: Arc::default() };
        let (pages, asked, acceptor) = (host.pages.clone(), host.asked.clone(), acceptor(certified));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
                if let Ok(mut stream) = acceptor.accept(stream) {
                    serve(&mut stream, &pages, &asked);
                }
            }
        });
        host
    }

    /// Answers a path from now on.
    pub fn answers(&self, path: &str, page: Page) {
        locked(&self.pages).insert(path.to_owned(), page);
    }

    /// Answers a path with JSON.
    pub fn says(&self, path: &str, content: &serde_json::Value) {
        self.answers(path, Page::of(200, content.to_string()));
    }

    /// The whole address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("https://{}{path}", self.name)
    }

    /// The requests that came, as method and path, with every header that could name somebody.
    pub fn asked(&self) -> Vec<String> {
        locked(&self.asked).clone()
    }

    /// What its name stands for, one answer each time it is looked up; the last one stays.
    pub fn stands_for(&self, answers: Vec<Vec<IpAddr>>) {
        locked(&NAMES).insert(self.name.to_owned(), answers);
    }
}

fn acceptor(name: &str) -> SslAcceptor {
    let key = key();
    let mut builder = begun(name, &key);
    builder.0.set_issuer_name(AUTHORITY.certificate.subject_name()).unwrap();
    let names = SubjectAlternativeName::new().dns(name).build(&builder.0.x509v3_context(None, None)).unwrap();
    builder.0.append_extension(names).unwrap();
    builder.0.sign(&AUTHORITY.key, MessageDigest::sha256()).unwrap();
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.set_certificate(&builder.0.build()).unwrap();
    acceptor.build()
}

fn serve(
    stream: &mut openssl::ssl::SslStream<TcpStream>,
    pages: &Mutex<HashMap<String, Page>>,
    asked: &Mutex<Vec<String>>,
) {
    let (mut request, mut part) = (Vec::new(), [0; 1024]);
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&part[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let line = request.lines().next().unwrap_or_default();
    let named = request.lines().skip(1).filter(|line| {
        let line = line.to_ascii_lowercase();
        ["cookie:", "authorization:", "referer:"].iter().any(|start| line.starts_with(start))
    });
    let told: Vec<&str> = std::iter::once(line.trim_end_matches(" HTTP/1.1")).chain(named).collect();
    locked(asked).push(told.join("\n"));
    let path = line.split(' ').nth(1).unwrap_or_default();
    let page = locked(pages).get(path).cloned().unwrap_or_else(|| Page::of(404, "nothing"));
    let head = format!(
        "HTTP/1.1 {} Told\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n",
        page.status,
        page.content.len(),
        page.header
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&page.content));
    let _ = stream.shutdown();
}
