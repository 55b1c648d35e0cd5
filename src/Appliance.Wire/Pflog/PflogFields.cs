using System.Buffers.Binary;
using System.Text;

namespace Appliance.Wire.Pflog;

/// <summary>
/// What stands before each datagram of a pflog capture (LINKTYPE_PFLOG, 117), as FreeBSD 14 writes it (net/if_pflog.h), to be written:
/// <code>
///     0   length  family  action  reason      of the header without its last padding; PF_PASS …; PFRES_…
///     4   interface, 16 bytes
///    20   ruleset, 16 bytes
///    36   rule            40   rule in the anchor        both big-endian; all ones: none
///    44   user            48   process                   of the socket; little-endian, as its kernel on this processor
///    52   user            56   process                   who loaded the rule
///    60   direction, 3 bytes of padding
///    64   identifier of the rule, big-endian
///    68   reserved, 3 bytes of padding
/// </code>
/// Names are cut to 15 bytes and end with a zero.
/// </summary>
public readonly record struct PflogFields
{
    public const int HeaderLength = 72;                               // bytes, the last padding included
    public const uint NoRule = uint.MaxValue;

    private const byte LengthWithoutPadding = 69;
    private const int NameLength = 16;
    private const byte Inet = 2, Inet6 = 28;                          // FreeBSD's AF_INET, AF_INET6
    private const uint NoUser = uint.MaxValue, NoProcess = 99_999;    // UID_MAX, NO_PID

    public bool IsV6 { get; init; }

    /// <summary>pf's number: 0 pass, 1 drop, 4 nat, 6 binat, 8 rdr, 12 match.</summary>
    public byte Action { get; init; }

    /// <summary>pf's number: 0 match, 3 short, 8 IP option.</summary>
    public byte Reason { get; init; }

    public string Interface { get; init; }

    public string Ruleset { get; init; }

    /// <summary>In the main ruleset; <see cref="NoRule"/>: the default rule.</summary>
    public uint Rule { get; init; }

    /// <summary>In the anchor that <see cref="Rule"/> is; else <see cref="NoRule"/>.</summary>
    public uint SubRule { get; init; }

    /// <summary>1 in, 2 out.</summary>
    public byte Direction { get; init; }

    public uint RuleIdentifier { get; init; }

    /// <summary>Writes <see cref="HeaderLength"/> bytes, which must be there.</summary>
    public void WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, HeaderLength);
        bytes[..HeaderLength].Clear();
        bytes[0] = LengthWithoutPadding;
        bytes[1] = IsV6 ? Inet6 : Inet;
        bytes[2] = Action;
        bytes[3] = Reason;
        WriteName(Interface, bytes.Slice(4, NameLength));
        WriteName(Ruleset, bytes.Slice(20, NameLength));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[36..], Rule);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[40..], SubRule);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], NoUser);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], NoProcess);
        bytes[60] = Direction;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[64..], RuleIdentifier);
    }

    private static void WriteName(string? name, Span<byte> field)
    {
        if (name is null) return;
        Encoding.UTF8.GetEncoder().Convert(name, field[..^1], flush: true, out _, out int used, out _);
        field[used..].Clear();
    }
}
