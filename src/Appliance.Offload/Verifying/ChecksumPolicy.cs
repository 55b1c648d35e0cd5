namespace Appliance.Offload;

/// <summary>What becomes of TCP, UDP, ICMP and ICMPv6 datagrams whose checksum is wrong.</summary>
/// <param name="DropsBad">They are dropped; else they are forwarded as they came, and nobody looks.</param>
public sealed record ChecksumPolicy(bool DropsBad);
