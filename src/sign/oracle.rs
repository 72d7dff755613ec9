//! The canonical form as a JSON-LD library finds it with the official contexts, which lie beside the repository. Only for
//! tests: the program itself never reads a context.

use std::{collections::HashMap, path::PathBuf, sync::LazyLock};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf_02 as rdf;
use serde_json::Value;

fn standards() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/standards")
}

/// A file of the standards; nothing, and a word about it, where they are absent.
pub fn standard(path: &str) -> Option<String> {
    let file = standards().join(path);
    let found = std::fs::read_to_string(&file).ok();
    #[allow(clippy::print_stdout)]
    if found.is_none() {
        println!("skipped: {} is not there", file.display());
    }
    found
}

static CONTEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let Some(index) = standard("vc/context-index.json") else { return HashMap::new() };
    let index: HashMap<String, String> = serde_json::from_str(&index).unwrap();
    index.into_iter().map(|(address, path)| (address, hoisted(&standard(&path).unwrap()))).collect()
});

/// The library keeps only the last context of several types, so `partial` is lost on a ClrCredential; lifted to the top
/// it stands for the same.
fn hoisted(context: &str) -> String {
    let mut context: Value = serde_json::from_str(context).unwrap();
    let partial = context["@context"]["ClrCredential"]["@context"]["partial"].clone();
    if partial.is_object() {
        context["@context"]["partial"] = partial;
    }
    context.to_string()
}

/// Whether the official contexts are there.
pub fn is_here() -> bool {
    !CONTEXTS.is_empty()
}

/// The statements that the library reads out of a document.
pub fn statements(document: &Value) -> Result<rdf::Dataset, String> {
    let text = document.to_string();
    let parser = JsonLdParser::new().for_slice(&text).with_load_document_callback(|address, _| {
        let document = CONTEXTS.get(address).ok_or_else(|| format!("no context {address}"))?.clone().into_bytes();
        Ok(JsonLdRemoteDocument { document, document_url: address.to_owned() })
    });
    let mut dataset = rdf::Dataset::new();
    for quad in parser {
        let line = quad.map_err(|error| error.to_string())?;
        dataset.insert(&older(&line));
    }
    Ok(dataset)
}

/// The canonical form that two libraries come to.
pub fn canonical(document: &Value) -> Result<String, String> {
    rdf_canon::canonicalize(&statements(document)?).map_err(|error| error.to_string())
}

fn older(quad: &oxrdf::Quad) -> rdf::Quad {
    let named = |node: &oxrdf::NamedNode| rdf::NamedNode::new_unchecked(node.as_str());
    let blank = |node: &oxrdf::BlankNode| rdf::BlankNode::new_unchecked(node.as_str());
    let subject = match &quad.subject {
        oxrdf::NamedOrBlankNode::NamedNode(node) => rdf::Subject::NamedNode(named(node)),
        oxrdf::NamedOrBlankNode::BlankNode(node) => rdf::Subject::BlankNode(blank(node)),
    };
    let object = match &quad.object {
        oxrdf::Term::NamedNode(node) => rdf::Term::NamedNode(named(node)),
        oxrdf::Term::BlankNode(node) => rdf::Term::BlankNode(blank(node)),
        oxrdf::Term::Literal(one) => rdf::Term::Literal(match one.datatype().as_str() {
            "http://www.w3.org/2001/XMLSchema#string" => rdf::Literal::new_simple_literal(one.value()),
            of => rdf::Literal::new_typed_literal(with_sixteen_digits(one.value()), rdf::NamedNode::new_unchecked(of)),
        }),
    };
    let graph = match &quad.graph_name {
        oxrdf::GraphName::DefaultGraph => rdf::GraphName::DefaultGraph,
        oxrdf::GraphName::NamedNode(node) => rdf::GraphName::NamedNode(named(node)),
        oxrdf::GraphName::BlankNode(node) => rdf::GraphName::BlankNode(blank(node)),
    };
    rdf::Quad::new(subject, named(&quad.predicate), object, graph)
}

/// The library writes the shortest number that reads back; JSON-LD (Object to RDF Conversion) has sixteen digits, and
/// cuts the zeros off.
fn with_sixteen_digits(value: &str) -> String {
    let is_number = value.contains('E') && value.chars().all(|sign| "0123456789.E-".contains(sign));
    match value.parse::<f64>() {
        Ok(number) if is_number => {
            let written = format!("{number:.15e}");
            let (mantissa, exponent) = written.split_once('e').unwrap();
            let mantissa = mantissa.trim_end_matches('0');
            format!("{mantissa}{}E{exponent}", if mantissa.ends_with('.') { "0" } else { "" })
        }
        _ => value.to_owned(),
    }
}
