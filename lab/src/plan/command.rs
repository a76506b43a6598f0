//! What a host executes, by the name of its program's file: Python and shell as they are, C once it is compiled.
//!
//! The compiler runs inside the host's sandbox and under its limits, since what it reads is a learner's text as well. A
//! shell calls it and then becomes the program, so that the program is the host's first process in either case.

use super::HostPlan;

/// `$0` is the source, `$1` the program to be made of it, the rest its arguments. Warnings are a learner's best friend.
const COMPILE: &str = "\
command -v cc >/dev/null || { echo 'there is no C compiler here: install the packages gcc and libc6-dev' >&2; exit 127; }
GCC_URLS=no cc -g -Wall -Wextra -pthread -o \"$1\" \"$0\" -lm && exec \"$@\"";

/// What runs a file of this name, and the source to compile before.
pub(super) fn usual(file: &str) -> (Vec<String>, Option<String>) {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match file.rsplit_once('.') {
        Some((stem, "c")) if !stem.is_empty() => (words(&[&format!("./{stem}")]), Some(file.to_owned())),
        Some((_, "sh")) => (words(&["sh", file]), None),
        _ => (words(&["python3", file]), None),
    }
}

impl HostPlan {
    /// The words that the sandbox is told to execute.
    pub(crate) fn command(&self) -> impl Iterator<Item = &str> {
        let compiler = self.compile.iter().flat_map(|source| ["sh", "-c", COMPILE, source]);
        compiler.chain(self.argv.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_what_runs_it() {
        let usual = |file| {
            let (argv, compile) = usual(file);
            (argv.join(" "), compile)
        };
        assert_eq!(usual("server.py"), ("python3 server.py".into(), None));
        assert_eq!(usual("ask.sh"), ("sh ask.sh".into(), None));
        assert_eq!(usual("server.c"), ("./server".into(), Some("server.c".into())));
        assert_eq!(usual(".c"), ("python3 .c".into(), None));
    }
}
