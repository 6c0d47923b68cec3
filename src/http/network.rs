//! Which peers are near? Networks in CIDR form, for what is not for everybody.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// `10.0.0.0/8`, `::1`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a network such as 10.0.0.0/8, 192.168.1.7 or ::1")]
pub struct ParseNetworkError;

impl Network {
    /// The machine itself.
    pub fn loopback() -> Vec<Self> {
        let v4 = Self { address: IpAddr::from([127, 0, 0, 0]), prefix: 8 };
        let v6 = Self { address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), prefix: 128 };
        vec![v4, v6]
    }

    pub fn contains(&self, peer: IpAddr) -> bool {
        // An IPv4 peer of an IPv6 socket comes as ::ffff:a.b.c.d.
        let (own, peer) = (self.address.to_canonical(), peer.to_canonical());
        match (bits(own), bits(peer)) {
            ((own, width), (peer, other)) if width == other => {
                let shift = width - self.prefix.min(width);
                own.checked_shr(shift).unwrap_or(0) == peer.checked_shr(shift).unwrap_or(0)
            }
            _ => false,
        }
    }
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| ParseNetworkError)?;
        let width = bits(address).1;
        let prefix = prefix.map_or(Ok(width), |prefix| prefix.parse().map_err(|_| ParseNetworkError))?;
        if prefix > width { Err(ParseNetworkError) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_inside_or_not() {
        let inside = |network: &str, peer: &str| network.parse::<Network>().unwrap().contains(peer.parse().unwrap());
        assert!(inside("10.0.0.0/8", "10.255.0.1"));
        assert!(inside("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!inside("10.0.0.0/8", "11.0.0.1"));
        assert!(inside("192.168.1.7", "192.168.1.7"));
        assert!(!inside("192.168.1.7", "192.168.1.8"));
        assert!(inside("0.0.0.0/0", "8.8.8.8") && !inside("0.0.0.0/0", "2001:db8::1"));
        assert!(inside("::/0", "2001:db8::1"));
        assert!(inside("2001:db8::/32", "2001:db8:1::1") && !inside("2001:db8::/32", "2001:db9::1"));
        assert!(Network::loopback().iter().any(|network| network.contains("127.0.0.1".parse().unwrap())));
        assert!(Network::loopback().iter().any(|network| network.contains("::1".parse().unwrap())));
        for bad in ["", "10.0.0.0/33", "::/129", "ten", "10.0.0.0/x", "10.0.0.0/-1"] {
            assert_eq!(bad.parse::<Network>(), Err(ParseNetworkError), "{bad}");
        }
    }
}
