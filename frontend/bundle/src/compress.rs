//! Compressed neighbours: `x.js.br` and `x.js.gz` beside `x.js`. Done once here with the slowest, best settings, so
//! that the server only has to pick one.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, anyhow};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::File;

/// How large a file of the site is.
#[derive(Clone, Debug)]
pub(crate) struct Size {
    pub(crate) name: String,
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

/// Writes both neighbours of every file below `site`.
pub(crate) fn write_neighbours(site: &Path, files: &[File]) -> Result<Vec<Size>> {
    thread::scope(|scope| {
        let started: Vec<_> = files.iter().map(|file| scope.spawn(|| write(site, file))).collect();
        started.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("compression panicked"))?).collect()
    })
}

fn write(site: &Path, file: &File) -> Result<Size> {
    let (br, gz) = (brotli(&file.bytes)?, gzip(&file.bytes)?);
    for (bytes, extension) in [(&br, "br"), (&gz, "gz")] {
        let path = site.join(format!("{}.{extension}", file.path));
        fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(Size { name: file.name.clone(), raw: file.bytes.len(), gzip: gz.len(), brotli: br.len() })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params).context("compress with brotli")?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).context("compress with gzip")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back() {
        let text = "send recv ".repeat(100).into_bytes();
        let (br, gz) = (brotli(&text).unwrap(), gzip(&text).unwrap());
        assert!(br.len() < 50 && gz.len() < 70, "{} and {}", br.len(), gz.len());

        let (mut from_br, mut from_gz) = (Vec::new(), Vec::new());
        brotli::BrotliDecompress(&mut &*br, &mut from_br).unwrap();
        flate2::read::GzDecoder::new(&*gz).read_to_end(&mut from_gz).unwrap();
        assert_eq!((from_br, from_gz), (text.clone(), text));
    }
}
