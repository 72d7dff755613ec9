//! From a credential as JSON to the statements it makes (N-Quads), straight from the vocabulary table.
//!
//! This is stricter than JSON-LD: a term that is not defined, an address that is not absolute, and any feature of
//! JSON-LD that these credentials have no use for are refused, where a JSON-LD processor leaves them out of what is
//! signed.

use serde_json::{Map, Value};

use super::{
    literal,
    vocabulary::{self, Class, Contexts, Of, Term, Together},
};

/// A thing that statements are about: an address, or one that only this document knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// Its address.
    Address(String),
    /// The how-manieth without an address.
    Blank(usize),
}

/// The last part of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A thing.
    Node(Node),
    /// A value, as it is written in N-Quads.
    Literal(String),
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quad {
    /// What it is about.
    pub subject: Node,
    /// The property.
    pub predicate: &'static str,
    /// A property that only an example has.
    pub example: Option<String>,
    /// Its value.
    pub object: Object,
    /// The graph it stands in; none for the document itself.
    pub graph: Option<usize>,
}

impl Quad {
    /// The address of the property.
    pub fn property(&self) -> &str {
        self.example.as_deref().unwrap_or(self.predicate)
    }
}

/// Why a document has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// A context that we do not know.
    #[error("the context {0} is not known here")]
    Context(String),
    /// A term that no context of the document defines.
    #[error("the term {0} is not defined")]
    Term(String),
    /// A class that no context of the document defines.
    #[error("the type {0} is not defined")]
    Class(String),
    /// An address that is relative or broken.
    #[error("{0} is not an absolute address")]
    Address(String),
    /// A value of a kind that cannot stand there.
    #[error("{0} has a value of the wrong kind")]
    Value(String),
    /// It says so much alike that telling its parts apart would take too long.
    #[error("its parts cannot be told apart: {0}")]
    Tangled(String),
}

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
const REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
const NIL: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";

/// How deep a document may be nested.
const DEEPEST: usize = 64;

/// Everything that a document says, each statement once.
pub fn statements(document: &Value) -> Result<Vec<Quad>, Undefined> {
    let mut written = Written::default();
    let object = document.as_object().ok_or_else(|| Undefined::Value("the document".to_owned()))?;
    written.node(object, Contexts::default(), None, 0)?;
    written.quads.sort();
    written.quads.dedup();
    Ok(written.quads)
}

#[derive(Default)]
struct Written {
    quads: Vec<Quad>,
    blanks: usize,
}

/// Where a value stands.
struct Place<'a> {
    subject: &'a Node,
    term: Term,
    example: Option<String>,
    contexts: Contexts,
    graph: Option<usize>,
    depth: usize,
}

impl Written {
    fn node(
        &mut self,
        object: &Map<String, Value>,
        inherited: Contexts,
        graph: Option<usize>,
        depth: usize,
    ) -> Result<Node, Undefined> {
        if depth > DEEPEST {
            return Err(Undefined::Tangled("it is nested too deeply".to_owned()));
        }
        let contexts = match object.get("@context") {
            Some(named) => contexts(named, inherited)?,
            None => inherited,
        };
        let subject = match object.get("id") {
            Some(id) => Node::Address(address(id.as_str().ok_or_else(|| wrong("id"))?)?),
            None => self.blank(),
        };
        let classes = self.classes(object.get("type"), contexts, &subject, graph)?;
        for (name, value) in object {
            if matches!(name.as_str(), "@context" | "id" | "type") {
                continue;
            }
            let (term, example) = defined(contexts, &classes, name)?;
            self.values(value, &Place { subject: &subject, term, example, contexts, graph, depth })?;
        }
        Ok(subject)
    }

    fn classes(
        &mut self,
        named: Option<&Value>,
        contexts: Contexts,
        subject: &Node,
        graph: Option<usize>,
    ) -> Result<Vec<&'static Class>, Undefined> {
        let mut classes = Vec::new();
        for named in named.map(each).unwrap_or_default() {
            let name = named.as_str().ok_or_else(|| wrong("type"))?;
            let iri = match contexts.class(name) {
                Some(class) => {
                    classes.push(class);
                    contexts.class_iri(class).to_owned()
                }
                None if contexts.define_everything() && !name.contains(':') => example(name),
                None => address(name).map_err(|_| Undefined::Class(name.to_owned()))?,
            };
            let object = Object::Node(Node::Address(iri));
            self.quads.push(Quad { subject: subject.clone(), predicate: TYPE, example: None, object, graph });
        }
        classes.sort_by_key(|class| class.name());
        Ok(classes)
    }

    fn values(&mut self, value: &Value, place: &Place) -> Result<(), Undefined> {
        match place.term.together {
            Together::List => {
                let list = self.list(each(value), place)?;
                self.state(place, Object::Node(list));
            }
            Together::Set | Together::Graph => {
                for one in each(value) {
                    if let Some(object) = self.value(one, place)? {
                        self.state(place, object);
                    }
                }
            }
        }
        Ok(())
    }

    /// A value; nothing for `null`, which says nothing.
    fn value(&mut self, value: &Value, place: &Place) -> Result<Option<Object>, Undefined> {
        let named = || place.example.clone().unwrap_or_else(|| place.term.iri.to_owned());
        Ok(Some(match (value, place.term.of) {
            (Value::Null, _) => return Ok(None),
            (Value::Object(node), _) => Object::Node(self.within(node, place)?),
            (Value::String(text), Of::Address) => Object::Node(Node::Address(address(text)?)),
            (Value::String(text), Of::Purpose) => {
                let stands_for = vocabulary::purpose(text).ok_or_else(|| Undefined::Term(text.clone()))?;
                Object::Node(Node::Address(stands_for.to_owned()))
            }
            (Value::String(text), Of::Typed(datatype)) => Object::Literal(literal::typed(text, datatype)),
            (Value::String(text), Of::Text) => Object::Literal(literal::text(text)),
            (Value::Bool(truth), of) => Object::Literal(literal::truth(*truth, datatype(of))),
            (Value::Number(number), of) => {
                Object::Literal(literal::number(number, datatype(of)).ok_or_else(|| wrong(&named()))?)
            }
            (Value::Array(_), _) => return Err(wrong(&named())),
        }))
    }

    /// An object below another one. Each proof is a graph of its own.
    fn within(&mut self, node: &Map<String, Value>, place: &Place) -> Result<Node, Undefined> {
        if place.term.together != Together::Graph {
            return self.node(node, place.contexts, place.graph, place.depth + 1);
        }
        let name = self.blank();
        let Node::Blank(graph) = name else { return Ok(name) };
        self.node(node, place.contexts, Some(graph), place.depth + 1)?;
        Ok(name)
    }

    fn list(&mut self, values: Vec<&Value>, place: &Place) -> Result<Node, Undefined> {
        let mut rest = Node::Address(NIL.to_owned());
        for value in values.into_iter().rev() {
            let Some(object) = self.value(value, place)? else { continue };
            let cell = self.blank();
            let state = |predicate, object| Quad {
                subject: cell.clone(),
                predicate,
                example: None,
                object,
                graph: place.graph,
            };
            let both = [state(FIRST, object), state(REST, Object::Node(rest))];
            self.quads.extend(both);
            rest = cell;
        }
        Ok(rest)
    }

    fn state(&mut self, place: &Place, object: Object) {
        self.quads.push(Quad {
            subject: place.subject.clone(),
            predicate: place.term.iri,
            example: place.example.clone(),
            object,
            graph: place.graph,
        });
    }

    fn blank(&mut self) -> Node {
        self.blanks += 1;
        Node::Blank(self.blanks - 1)
    }
}

fn contexts(named: &Value, inherited: Contexts) -> Result<Contexts, Undefined> {
    each(named).into_iter().try_fold(inherited, |known, one| {
        let address = one.as_str().ok_or_else(|| Undefined::Context(one.to_string()))?;
        known.and(address).ok_or_else(|| Undefined::Context(address.to_owned()))
    })
}

/// A term of an example, which stands for whatever it is called.
const OF_EXAMPLES: Term = vocabulary::ANYTHING;

fn defined(contexts: Contexts, classes: &[&'static Class], name: &str) -> Result<(Term, Option<String>), Undefined> {
    match contexts.term(classes, name) {
        Some(term) => Ok((term, None)),
        None if contexts.define_everything() && !name.contains([':', '@']) => Ok((OF_EXAMPLES, Some(example(name)))),
        None => Err(Undefined::Term(name.to_owned())),
    }
}

fn example(name: &str) -> String {
    format!("{}{name}", vocabulary::EXAMPLES_VOCABULARY)
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    }
}

fn datatype(of: Of) -> Option<&'static str> {
    match of {
        Of::Typed(datatype) => Some(datatype),
        Of::Text | Of::Address | Of::Purpose => None,
    }
}

fn wrong(name: &str) -> Undefined {
    Undefined::Value(name.to_owned())
}

/// An absolute address without signs that may not stand in one.
fn address(text: &str) -> Result<String, Undefined> {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign))
    };
    let is_allowed = |sign: char| sign > ' ' && !"<>\"{}|^`\\".contains(sign) && !sign.is_control();
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() && text.chars().all(is_allowed) => {
            Ok(text.to_owned())
        }
        _ => Err(Undefined::Address(text.to_owned())),
    }
}
