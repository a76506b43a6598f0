//! Pictures in a lesson's prose. They travel in the page itself, as `data:` addresses: so a preview, a print and a
//! recording's page have them too, and there is no path of the server's behind which a file could be asked for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::parse::Folder;

/// Where a lesson's pictures lie in its folder.
pub const FOLDER: &str = "figures/";

/// What a picture may weigh, in bytes: it comes with the lesson's text, before anything can be read.
const LIMIT: usize = 60_000;

/// The beginning of the address of every picture.
pub const ADDRESS: &str = "data:image/";

/// Why a target is no picture of the lesson's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// A picture from elsewhere would tell a stranger who reads the lesson.
    #[error("not one of the lesson's own pictures")]
    Elsewhere,
    /// No such file.
    #[error("no such file")]
    Missing,
    /// Its name says no kind that browsers draw.
    #[error("a picture is .svg, .png or .webp")]
    Kind,
    /// Over the limit.
    #[error("a picture is at most {LIMIT} bytes")]
    Large,
}

/// The address that a picture has in the page. An SVG in an `<img>` runs no script and loads nothing, whatever is in it
/// ([SVG 2, secure static mode](https://www.w3.org/TR/SVG2/conform.html#secure-static-mode)).
pub fn address(target: &str, files: &Folder) -> Result<String, FigureError> {
    let name = target.strip_prefix(FOLDER).ok_or(FigureError::Elsewhere)?;
    let bytes = files.get(target).ok_or(FigureError::Missing)?;
    let kind = match name.rsplit_once('.') {
        Some((_, "svg")) => "svg+xml",
        Some((_, "png")) => "png",
        Some((_, "webp")) => "webp",
        _ => return Err(FigureError::Kind),
    };
    if bytes.len() > LIMIT {
        return Err(FigureError::Large);
    }
    Ok(format!("{ADDRESS}{kind};base64,{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_of_the_lesson_itself() {
        let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
        let files = Folder::from([
            file("figures/a.svg", b"<svg/>"),
            file("figures/a.html", b"<p>"),
            file("figures/big.png", &vec![0; LIMIT + 1]),
            file("server.py", b""),
        ]);
        assert_eq!(address("figures/a.svg", &files).as_deref(), Ok("data:image/svg+xml;base64,PHN2Zy8+"));
        for (target, error) in [
            ("https://192.0.2.1/a.svg", FigureError::Elsewhere),
            ("server.py", FigureError::Elsewhere),
            ("figures/../server.py", FigureError::Missing),
            ("figures/a.html", FigureError::Kind),
            ("figures/big.png", FigureError::Large),
        ] {
            assert_eq!(address(target, &files), Err(error), "{target}");
        }
    }
}
