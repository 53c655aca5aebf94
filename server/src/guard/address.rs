//! The address that a request comes from.
//!
//! A proxy says for whom it asks, and so can anybody: only what comes from a proxy of the operator's is believed, and of that only
//! what such a proxy wrote itself. Where several say something the last one says it, so the list is read from its end.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;
use http::header::FORWARDED;
use ipnet::IpNet;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// Where a client is: its own address, or what a trusted proxy says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// What counts as one client: an IPv4 address, or the 64 bits of an IPv6 address that a household gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl ClientAddress {
    pub fn network(self) -> Network {
        Network(match self.0 {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        })
    }
}

/// The networks whose word is taken for whom they ask.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Where the client is that asks through `peer` with these headers.
    ///
    /// `X-Forwarded-For` goes before `Forwarded`: most proxies write only the former, and pass on the latter as a stranger sent it.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let peer = peer.to_canonical();
        if !self.trust(peer) {
            return ClientAddress(peer);
        }
        let lines = |name: &str| -> Option<String> {
            let lines: Vec<&str> = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default()).collect();
            (!lines.is_empty()).then(|| lines.join(","))
        };
        let client = if let Some(list) = lines(X_FORWARDED_FOR) {
            self.last_stranger(peer, list.rsplit(',').map(address))
        } else if let Some(list) = lines(FORWARDED.as_str()) {
            let hops = rfc7239::parse(&list).rev();
            self.last_stranger(peer, hops.map(|hop| Some(*hop.ok()?.forwarded_for?.ip()?)))
        } else {
            peer
        };
        ClientAddress(client)
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The first of `hops` that is no proxy of ours; where one can't be read, the one before it, who wrote it.
    fn last_stranger(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut known = peer;
        for hop in hops {
            let Some(hop) = hop else { return known };
            known = hop.to_canonical();
            if !self.trust(known) {
                return known;
            }
        }
        known
    }
}

/// An address as proxies write it: some with a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse().ok().map(|address: std::net::SocketAddr| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(with_port).or_else(in_brackets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who asks through `peer`, behind proxies in 10.0.0.0/8 and `fd00::/8`.
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &map).0.to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let headers = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.2")];
        assert_eq!(client("203.0.113.9", &headers), "203.0.113.9");
        assert_eq!(
            TrustedProxies::default().client("10.0.0.1".parse().unwrap(), &HeaderMap::new()).0.to_string(),
            "10.0.0.1"
        );
    }

    #[test]
    fn the_last_who_is_no_proxy_of_ours_is_the_client() {
        for (list, who) in [
            ("192.0.2.1", "192.0.2.1"),
            ("198.51.100.66, 192.0.2.1", "192.0.2.1"),
            ("198.51.100.66,192.0.2.1 , 10.9.9.9", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("[2001:db8::1]:4711, fd00::5", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
            ("192.0.2.1, unknown", "10.0.0.1"),
            ("192.0.2.1, nonsense, 10.2.2.2", "10.2.2.2"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", list)]), who, "{list}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.2")];
        assert_eq!(client("::ffff:10.0.0.1", &lines), "192.0.2.2");
    }

    #[test]
    fn the_standard_header_counts_where_it_stands_alone() {
        let list = "for=198.51.100.66, for=192.0.2.1;proto=https;by=203.0.113.43, for=\"[fd00::5]:80\"";
        assert_eq!(client("10.0.0.1", &[("forwarded", list)]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &[("forwarded", "for=\"[2001:db8::1]:4711\"")]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &[("forwarded", "for=_hidden")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[("forwarded", list), ("x-forwarded-for", "192.0.2.9")]), "192.0.2.9");
    }

    #[test]
    fn a_household_is_one_network() {
        let network = |address: &str| ClientAddress(address.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
