//! The canonical form of a document: RDFC-1.0 over its statements (W3C RDF Dataset Canonicalization).
//!
//! Things without an address are named by what is said of them. As a rule that tells all of them apart, and their names
//! follow the order of their hashes; where it does not, a library walks the graph as the standard says.

use oxrdf_02 as rdf;
use sha2::{Digest, Sha256};

use super::quads::{Node, Object, Quad, Undefined};

/// The canonical N-Quads of these statements, each of which must stand there once.
pub fn canonical(quads: &[Quad]) -> Result<String, Undefined> {
    match names(quads) {
        Some(names) => {
            let named = |blank: usize| names.get(blank).cloned().unwrap_or_default();
            let mut lines: Vec<String> = quads.iter().map(|quad| line(quad, &named)).collect();
            lines.sort_unstable();
            lines.dedup();
            Ok(lines.concat())
        }
        None => by_walking(quads),
    }
}

/// The name of every thing without an address, where no two hash alike.
fn names(quads: &[Quad]) -> Option<Vec<String>> {
    let blanks = quads.iter().flat_map(blanks).max().map_or(0, |last| last + 1);
    let mut about: Vec<Vec<&Quad>> = vec![Vec::new(); blanks];
    for quad in quads {
        let mut mentioned = self::blanks(quad);
        mentioned.sort_unstable();
        mentioned.dedup();
        for blank in mentioned {
            about.get_mut(blank)?.push(quad);
        }
    }
    let mut hashes: Vec<([u8; 32], usize)> =
        about.iter().enumerate().map(|(blank, quads)| (hash(blank, quads), blank)).collect();
    hashes.sort_unstable();
    if hashes.windows(2).any(|two| matches!(two, [one, other] if one.0 == other.0)) {
        return None;
    }
    let mut names = vec![String::new(); blanks];
    for (place, (_, blank)) in hashes.iter().enumerate() {
        *names.get_mut(*blank)? = format!("_:c14n{place}");
    }
    Some(names)
}

/// The hash of what is said of one of them (RDFC-1.0, 4.6: hash first degree quads).
fn hash(blank: usize, about: &[&Quad]) -> [u8; 32] {
    let named = |other: usize| if other == blank { "_:a".to_owned() } else { "_:z".to_owned() };
    let mut lines: Vec<String> = about.iter().map(|quad| line(quad, &named)).collect();
    lines.sort_unstable();
    let mut digest = Sha256::new();
    lines.iter().for_each(|line| digest.update(line.as_bytes()));
    digest.finalize().into()
}

fn blanks(quad: &Quad) -> Vec<usize> {
    let mut blanks: Vec<usize> = quad.graph.into_iter().collect();
    if let Node::Blank(blank) = quad.subject {
        blanks.push(blank);
    }
    if let Object::Node(Node::Blank(blank)) = quad.object {
        blanks.push(blank);
    }
    blanks
}

fn line(quad: &Quad, named: &impl Fn(usize) -> String) -> String {
    let mut line = String::with_capacity(160);
    let node = |line: &mut String, node: &Node| match node {
        Node::Address(address) => line.extend(["<", address, ">"]),
        Node::Blank(blank) => line.push_str(&named(*blank)),
    };
    node(&mut line, &quad.subject);
    line.extend([" <", quad.property(), "> "]);
    match &quad.object {
        Object::Node(one) => node(&mut line, one),
        Object::Literal(literal) => line.push_str(literal),
    }
    if let Some(graph) = quad.graph {
        line.extend([" ", &named(graph)]);
    }
    line.push_str(" .\n");
    line
}

/// The same by the library, which takes N-Quads apart and tells like things apart by their neighbours.
fn by_walking(quads: &[Quad]) -> Result<String, Undefined> {
    let dataset: rdf::Dataset = quads
        .iter()
        .map(as_library)
        .collect::<Option<_>>()
        .ok_or_else(|| Undefined::Tangled("a value of it is broken".to_owned()))?;
    rdf_canon::canonicalize(&dataset).map_err(|error| Undefined::Tangled(error.to_string()))
}

fn as_library(quad: &Quad) -> Option<rdf::Quad> {
    let blank = |blank: usize| rdf::BlankNode::new_unchecked(format!("b{blank}"));
    let address = |address: &str| rdf::NamedNode::new_unchecked(address);
    let subject = match &quad.subject {
        Node::Address(one) => rdf::Subject::NamedNode(address(one)),
        Node::Blank(one) => rdf::Subject::BlankNode(blank(*one)),
    };
    let object = match &quad.object {
        Object::Node(Node::Address(one)) => rdf::Term::NamedNode(address(one)),
        Object::Node(Node::Blank(one)) => rdf::Term::BlankNode(blank(*one)),
        Object::Literal(written) => rdf::Term::Literal(written.parse().ok()?),
    };
    let graph = quad.graph.map_or(rdf::GraphName::DefaultGraph, |one| rdf::GraphName::BlankNode(blank(one)));
    Some(rdf::Quad::new(subject, address(quad.property()), object, graph))
}
