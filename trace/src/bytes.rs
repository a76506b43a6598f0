//! Bytes that were observed, and how much of them was kept.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Raw bytes. Whether they are text is decided by whoever shows them.
///
/// In JSON they are one string in which printable ASCII stands for itself and every other byte is `\xNN`, so that a
/// person can read a trace and no byte is lost.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// The bytes with everything but printable ASCII escaped: `hello\n`, `\xe4\xbd\xa0`.
    pub fn escaped(&self) -> String {
        use fmt::Write;
        let mut out = String::with_capacity(self.0.len());
        for &byte in &self.0 {
            match byte {
                b'\\' => out.push_str("\\\\"),
                b'\n' => out.push_str("\\n"),
                b'\r' => out.push_str("\\r"),
                b'\t' => out.push_str("\\t"),
                0x20..=0x7e => out.push(char::from(byte)),
                _ => write!(out, "\\x{byte:02x}").expect("a String takes all"),
            }
        }
        out
    }

    fn unescaped(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte != b'\\' {
                out.push(byte);
                continue;
            }
            out.push(match rest.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let (hi, lo) = (char::from(rest.next()?), char::from(rest.next()?));
                    u8::try_from(hi.to_digit(16)? << 4 | lo.to_digit(16)?).ok()?
                }
                _ => return None,
            });
        }
        Some(out)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escaped())
    }
}

impl<T: Into<Vec<u8>>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&self.escaped()) } else { to.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes, or a string with \\x escapes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes, E> {
                Bytes::unescaped(text).map(Bytes).ok_or_else(|| E::custom("a broken \\ escape"))
            }
        }
        if from.is_human_readable() { from.deserialize_str(Visitor) } else { from.deserialize_bytes(Visitor) }
    }
}

/// The head of some bytes, with the length of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Clipped {
    /// As many of the first bytes as were kept.
    pub head: Bytes,
    /// How many bytes there were in all.
    pub len: u64,
}

impl Clipped {
    /// Keeps at most `keep` bytes of `whole`.
    pub fn of(whole: &[u8], keep: usize) -> Self {
        Self { head: Bytes(whole[..whole.len().min(keep)].to_vec()), len: whole.len() as u64 }
    }

    /// Whether some bytes were left out.
    pub fn is_clipped(&self) -> bool {
        (self.head.0.len() as u64) < self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn json_and_binary_keep_every_byte(bytes: Vec<u8>) {
            let bytes = Bytes(bytes);
            let json = serde_json::to_string(&bytes).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Bytes>(&json).unwrap(), &bytes);
            let binary = postcard::to_allocvec(&bytes).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<Bytes>(&binary).unwrap(), &bytes);
        }
    }

    #[test]
    fn a_broken_escape_is_an_error() {
        assert!(serde_json::from_str::<Bytes>(r#""\\x4""#).is_err());
        assert!(serde_json::from_str::<Bytes>(r#""\\q""#).is_err());
    }

    #[test]
    fn clipping_keeps_the_length() {
        let clipped = Clipped::of(b"hello world", 5);
        assert_eq!(clipped.head.escaped(), "hello");
        assert!(clipped.is_clipped());
        assert_eq!(clipped.len, 11);
    }
}
