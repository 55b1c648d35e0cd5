using System.Buffers.Binary;
using System.Security.Cryptography;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Carp;

/// <summary>
/// The proof in an advertisement: HMAC-SHA1 (RFC 2104) under the password, of who the virtual host is and of the counter. Immutable;
/// any thread may use it.
/// </summary>
/// <remarks>
/// <code>
///  0      1      2      3                9
/// +------+------+------+----------------+----------------------+-----------------------+---------+
/// | 0x02 | 0x01 | vhid | MAC (OpenBSD,  | IPv4 addresses,      | IPv6 addresses,       | counter |
/// |      |      |      | if not usual)  | ascending, 4 each    | ascending, 16 each    | 8       |
/// +------+------+------+----------------+----------------------+-----------------------+---------+
/// </code>
/// As FreeBSD collects the addresses (netinet/ip_carp.c): version and type are a byte each, though they share one on the wire; an
/// address that is there twice counts once; the lowest and the highest address of a family (0.0.0.0, 255.255.255.255, ::, all ones) can
/// never be chosen; the two bytes in which a kernel keeps the scope of a link-local address count as zero. An IPv4-mapped IPv6 address
/// is an IPv6 address. Prefix lengths do not matter, nor does the order in which addresses were given.
/// <para>
/// Skew, base, addresses of the sender and the hop limit are <em>not</em> covered: whoever hears an advertisement can send it again with
/// another skew, and it verifies.
/// </para>
/// </remarks>
public sealed class CarpHmac
{
    public const int MaxAddresses = 255;

    private const int FixedLength = 3 + MacAddress.Length + sizeof(ulong);
    private const int MaxMessageLength = FixedLength + (MaxAddresses * Ipv6Address.Length);

    /// <summary>Octets 2 and 3, where the kernels of BSD embed the scope.</summary>
    private static readonly UInt128 ScopeOctets = (UInt128)0xffff << 96;

    private readonly CarpKey _key;
    private readonly byte[] _identity;                                // the message but for its counter

    private CarpHmac(CarpKey key, byte[] identity) => (_key, _identity) = (key, identity);

    /// <summary>The proof for a virtual host.</summary>
    /// <param name="key">Shared by all that speak for the virtual host.</param>
    /// <param name="vhid">1–255.</param>
    /// <param name="addresses">Of both families, at most <see cref="MaxAddresses"/>.</param>
    /// <param name="form">Which of them count.</param>
    /// <param name="linkAddress">A MAC address of its own, which OpenBSD (only) makes part of the proof; null for the usual one.</param>
    public static CarpHmac Of(
        CarpKey key, byte vhid, ReadOnlySpan<IpAddress> addresses, CarpDigestForm form = default, MacAddress? linkAddress = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(addresses.Length, MaxAddresses, nameof(addresses));
        Span<byte> message = stackalloc byte[MaxMessageLength];
        message[0] = CarpView.CurrentVersion;
        message[1] = CarpView.AdvertisementType;
        message[2] = vhid;
        int length = 3;
        if (linkAddress is { } mac)
        {
            mac.WriteTo(message[length..]);
            length += MacAddress.Length;
        }

        foreach (Ipv4Address address in Ipv4InOrder(addresses))
        {
            address.WriteTo(message[length..]);
            length += Ipv4Address.Length;
        }

        foreach (Ipv6Address address in Ipv6InOrder(addresses, form))
        {
            address.WriteTo(message[length..]);
            length += Ipv6Address.Length;
        }

        return new CarpHmac(key, message[..length].ToArray());
    }

    /// <summary>Writes the 20 bytes that go with a counter; there must be room for them.</summary>
    public void Compute(ulong counter, Span<byte> digest)
    {
        Span<byte> message = stackalloc byte[MaxMessageLength];
        _identity.CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[_identity.Length..], counter);
#pragma warning disable CA5350 // SHA-1 is weak, and it is CARP's: there is no other CARP to speak. As an HMAC it is not broken.
        HMACSHA1.HashData(_key.Bytes, message[..(_identity.Length + sizeof(ulong))], digest[..CarpView.DigestLength]);
#pragma warning restore CA5350
    }

    /// <summary>Whether the digest is the one for the counter; takes the same time wherever it is wrong.</summary>
    public bool Verifies(CarpView advertisement)
    {
        Span<byte> digest = stackalloc byte[CarpView.DigestLength];
        Compute(advertisement.Counter, digest);
        return CryptographicOperations.FixedTimeEquals(digest, advertisement.Digest);
    }

    /// <summary>Completes an advertisement: the digest for its counter, and then the checksum over all of it.</summary>
    public void Sign(CarpView advertisement)
    {
        Compute(advertisement.Counter, advertisement.Digest);
        advertisement.CompleteChecksum();
    }

    /// <summary>Whether both prove the same virtual host with the same key.</summary>
    public bool IsSameAs(CarpHmac other) => _identity.AsSpan().SequenceEqual(other._identity) && _key.IsSameAs(other._key);

    private static SortedSet<Ipv4Address> Ipv4InOrder(ReadOnlySpan<IpAddress> addresses)
    {
        var chosen = new SortedSet<Ipv4Address>();
        foreach (IpAddress address in addresses)
        {
            if (!address.IsV6 && address.V4 != Ipv4Address.Any && address.V4 != Ipv4Address.LimitedBroadcast) chosen.Add(address.V4);
        }

        return chosen;
    }

    private static SortedSet<Ipv6Address> Ipv6InOrder(ReadOnlySpan<IpAddress> addresses, CarpDigestForm form)
    {
        var chosen = new SortedSet<Ipv6Address>();
        foreach (IpAddress address in addresses)
        {
            if (!address.IsV6 || (form == CarpDigestForm.WithoutLinkLocal && address.V6.IsLinkLocal)) continue;
            Ipv6Address unscoped = HasScope(address.V6) ? new Ipv6Address(address.Bits & ~ScopeOctets) : address.V6;
            if (unscoped.Value != 0 && unscoped.Value != UInt128.MaxValue) chosen.Add(unscoped);
        }

        return chosen;
    }

    /// <summary>Link-local unicast, and groups of an interface or a link (RFC 4291 §2.7: the last four bits of the second octet).</summary>
    private static bool HasScope(Ipv6Address address) =>
        address.IsLinkLocal || (address.IsMulticast && ((uint)(address.Value >> 112) & 0xf) is 1 or 2);
}
