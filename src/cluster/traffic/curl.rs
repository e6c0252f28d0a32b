use std::time::Duration;

/// What a curl command asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Curl {
    pub(super) host: String,
    pub(super) port: u16,
    /// Who sends it, if that is said: a Pod or a node. curl has no such option; the model needs one.
    pub(super) from: Option<String>,
    pub(super) max_time: Option<Duration>,
    /// `-s` without `-S`: no word of what went wrong.
    pub(super) silent: bool,
    /// `-I`: the answer's head instead of its body.
    pub(super) head: bool,
    /// `-o`: the body is not printed.
    pub(super) discard: bool,
    /// `-w`: what is printed at the end.
    pub(super) write_out: String,
}

/// Why a line is no curl command: curl's exit code and words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) exit: u8,
    pub(super) text: String,
}

impl Wrong {
    pub(super) fn new(exit: u8, text: impl Into<String>) -> Wrong {
        Wrong {
            exit,
            text: text.into(),
        }
    }

    /// curl's own words for a line it does not understand.
    fn usage(text: &str) -> Wrong {
        let hint = "curl: try 'curl --help' or 'curl --manual' for more information";
        Wrong::new(2, format!("curl: {text}\n{hint}"))
    }
}

impl Curl {
    /// Reads a command line.
    pub(super) fn parse(line: &str) -> Result<Curl, Wrong> {
        let mut curl = Curl {
            host: String::new(),
            port: 0,
            from: None,
            max_time: None,
            silent: false,
            head: false,
            discard: false,
            write_out: String::new(),
        };
        let mut show_errors = false;
        let mut url = None;
        let mut words = line.split_whitespace().skip(1).map(unquoted);
        while let Some(word) = words.next() {
            let Some(options) = options_of(word) else {
                url = Some(word);
                continue;
            };
            let (options, mut attached) = options;
            for (at, option) in options.iter().enumerate() {
                let is_last = at + 1 == options.len();
                let mut value = || {
                    let attached = attached.take().filter(|_| is_last);
                    let value = attached.or_else(|| words.next());
                    value.ok_or_else(|| Wrong::usage(&format!("option {word}: requires parameter")))
                };
                match *option {
                    "-s" | "--silent" => curl.silent = true,
                    "-S" | "--show-error" => show_errors = true,
                    "-I" | "--head" => curl.head = true,
                    // These change nothing the model shows.
                    "-v" | "--verbose" | "-L" | "--location" | "-k" | "--insecure" | "-f"
                    | "--fail" | "-i" | "--include" => {}
                    "-o" | "--output" => {
                        value()?;
                        curl.discard = true;
                    }
                    "-w" | "--write-out" => curl.write_out = value()?.replace("\\n", "\n"),
                    "-H" | "--header" | "-A" | "--user-agent" => {
                        value()?;
                    }
                    "--from" => curl.from = Some(value()?.to_owned()),
                    "-m" | "--max-time" | "--connect-timeout" => {
                        let seconds = value()?;
                        let length = seconds.parse().ok();
                        let length = length.and_then(|s| Duration::try_from_secs_f64(s).ok());
                        curl.max_time = Some(length.ok_or_else(|| {
                            Wrong::usage(&format!(
                                "option {word}: expected a proper numerical parameter"
                            ))
                        })?);
                    }
                    _ => return Err(Wrong::usage(&format!("option {word}: is unknown"))),
                }
            }
        }
        curl.silent &= !show_errors;
        let Some(url) = url else {
            return Err(Wrong::usage("(2) no URL specified"));
        };
        curl.read_url(url)?;
        Ok(curl)
    }

    fn read_url(&mut self, url: &str) -> Result<(), Wrong> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        self.port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => {
                let text = format!("curl: (1) Protocol \"{scheme}\" not supported");
                return Err(Wrong::new(1, text));
            }
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        if host.is_empty() {
            return Err(Wrong::new(
                3,
                "curl: (3) URL rejected: No host part in the URL",
            ));
        }
        if let Some(port) = port.filter(|port| !port.is_empty()) {
            let number = port.parse().ok().filter(|port| *port != 0);
            self.port = number.ok_or_else(|| {
                let text = "curl: (3) URL rejected: Port number was not a decimal number between 0 and 65535";
                Wrong::new(3, text)
            })?;
        }
        self.host = host.to_owned();
        Ok(())
    }
}

/// The options in a word, `-sS` or `--name=value`, and a value that is part of it; None if it is none.
fn options_of(word: &str) -> Option<(Vec<&'static str>, Option<&str>)> {
    const KNOWN: [&str; 27] = [
        "-s",
        "--silent",
        "-S",
        "--show-error",
        "-I",
        "--head",
        "-v",
        "--verbose",
        "-L",
        "--location",
        "-k",
        "--insecure",
        "-f",
        "--fail",
        "-i",
        "--include",
        "-o",
        "--output",
        "-w",
        "--write-out",
        "-H",
        "--header",
        "-A",
        "--user-agent",
        "-m",
        "--max-time",
        "--connect-timeout",
    ];
    if !word.starts_with('-') || word == "-" {
        return None;
    }
    if word.starts_with("--") {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let known = KNOWN.into_iter().chain(["--from"]);
        let option = known.into_iter().find(|known| *known == name);
        return Some((vec![option.unwrap_or("")], value));
    }
    let mut options = Vec::new();
    for (at, letter) in word.char_indices().skip(1) {
        let mut known = KNOWN.into_iter().filter(|known| known.len() == 2);
        let option = known.find(|known| known.ends_with(letter)).unwrap_or("");
        options.push(option);
        if matches!(option, "-o" | "-w" | "-H" | "-A" | "-m") {
            let rest = word.get(at + letter.len_utf8()..).unwrap_or_default();
            return Some((options, (!rest.is_empty()).then_some(rest)));
        }
    }
    Some((options, None))
}

fn unquoted(word: &str) -> &str {
    let quoted = |quote| word.strip_prefix(quote)?.strip_suffix(quote);
    quoted('"').or_else(|| quoted('\'')).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::Curl;

    /// `src/tool_getparam.c` and `lib/urlapi.c` of curl.
    #[test]
    fn curl_reads_its_command_line() {
        let table = [
            ("curl http://web", Ok(("web", 80, None))),
            ("curl web.shop:8080/path?x=1", Ok(("web.shop", 8080, None))),
            ("curl https://10.96.0.1", Ok(("10.96.0.1", 443, None))),
            (
                "curl -sS -o /dev/null http://node-1:30080",
                Ok(("node-1", 30080, None)),
            ),
            (
                "curl -m5 http://web --from node-2",
                Ok(("web", 80, Some("node-2"))),
            ),
            (
                "curl --from=app=web#0 'http://web'",
                Ok(("web", 80, Some("app=web#0"))),
            ),
            ("curl", Err(2)),
            ("curl --nonsense http://web", Err(2)),
            ("curl -m", Err(2)),
            ("curl -m soon http://web", Err(2)),
            ("curl ftp://web", Err(1)),
            ("curl http://web:port", Err(3)),
            ("curl http://web:70000", Err(3)),
            ("curl http://:80", Err(3)),
        ];
        for (line, expected) in table {
            let read = Curl::parse(line);
            let read = read.as_ref();
            let read = read
                .map(|curl| (curl.host.as_str(), curl.port, curl.from.as_deref()))
                .map_err(|wrong| wrong.exit);
            assert_eq!(read, expected, "{line}");
        }
    }
}
