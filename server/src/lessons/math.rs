//! Formulas of a lesson's prose, as TeX writes them, to the MathML that browsers draw by themselves.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

/// Elements that a formula may become, of MathML Core; none that can hold HTML, a picture or a link.
pub const ELEMENTS: [&str; 20] = [
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
];

/// Attributes of these elements. None is a style or an address.
pub const ATTRIBUTES: [(&str, &str); 12] = [
    ("math", "display"),
    ("mfrac", "linethickness"),
    ("mi", "mathvariant"),
    ("mo", "stretchy"),
    ("mo", "form"),
    ("mo", "lspace"),
    ("mo", "rspace"),
    ("mo", "minsize"),
    ("mo", "maxsize"),
    ("mspace", "width"),
    ("mstyle", "displaystyle"),
    ("mstyle", "scriptlevel"),
];

/// A formula as MathML: on a line of its own, or within a sentence. Or what is wrong with it.
pub fn mathml(tex: &str, own_line: bool) -> Result<String, String> {
    let display = if own_line { MathDisplay::Block } else { MathDisplay::Inline };
    let converter = LatexToMathML::new(MathCoreConfig::default()).map_err(|(error, ..)| error.to_string())?;
    let formula = converter.convert_with_local_state(tex, display).map_err(|error| error.to_string())?;
    Ok(formula.mathml)
}
