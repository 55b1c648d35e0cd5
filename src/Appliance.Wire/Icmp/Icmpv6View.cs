using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Icmp;

/// <summary>
/// An ICMPv6 message (RFC 4443 §2.1) over borrowed bytes. Every message in use has 8 bytes in front: type, code, checksum and four bytes
/// whose meaning hangs on the type. An accessor of those answers for any type; it means something for the types that its comment names.
/// Setters write in place and leave <see cref="Checksum"/> as it is.
/// </summary>
/// <remarks>
/// <code>
///  0      1      2          4                        8
/// +------+------+----------+------------------------+---------
/// | type | code | checksum | by type                | body
/// +------+------+----------+-----------+------------+---------
///   echo                   | identifier| sequence   | data
///   packet too big         | MTU                    | quotation
///   parameter problem      | pointer                | quotation
///   unreachable, time exc. | length |               | quotation
/// </code>
/// </remarks>
public readonly ref struct Icmpv6View
{
    public const int HeaderLength = 8;                                // bytes

    private const int FirstInformationalType = 128;                   // RFC 4443 §2.1
    private const int MinExtendedQuotation = 128;                     // bytes; RFC 4884 §5.5
    private const int QuotationUnit = 8;                              // bytes; RFC 4884 §4

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 8 bytes are there.</summary>
    internal Icmpv6View(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 8 bytes. The message ends where the bytes end.</summary>
    public static bool TryParse(Span<byte> bytes, out Icmpv6View view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new Icmpv6View(bytes) : default;
        return isWhole;
    }

    public Icmpv6Type Type { get => (Icmpv6Type)_bytes[0]; set => _bytes[0] = (byte)value; }

    public byte Code { get => _bytes[1]; set => _bytes[1] = value; }

    public ushort Checksum { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    /// <summary>The four bytes whose meaning hangs on the type.</summary>
    public uint RestOfHeader { get => ReadUInt32BigEndian(_bytes[4..]); set => WriteUInt32BigEndian(_bytes[4..], value); }

    /// <summary>Of echo requests and replies.</summary>
    public ushort EchoIdentifier { get => ReadUInt16BigEndian(_bytes[4..]); set => WriteUInt16BigEndian(_bytes[4..], value); }

    /// <summary>Of echo requests and replies.</summary>
    public ushort EchoSequence { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    /// <summary>Of packet too big (RFC 4443 §3.2): bytes.</summary>
    public uint NextHopMtu { get => RestOfHeader; set => RestOfHeader = value; }

    /// <summary>Of parameter problem (RFC 4443 §3.4): the offset in bytes of what was wrong; it may lie beyond the quotation.</summary>
    public uint Pointer { get => RestOfHeader; set => RestOfHeader = value; }

    /// <summary>Everything behind the first 8 bytes: an echo's data, an error's quotation, more of neighbour discovery.</summary>
    public Span<byte> Body => _bytes[HeaderLength..];

    /// <summary>The whole message, as the views of neighbour discovery take it.</summary>
    public Span<byte> Message => _bytes;

    /// <summary>
    /// An error message: none may be sent in answer to it (RFC 4443 §2.4 e.1). A redirect is informational by its number, but forbids
    /// answers as well (e.2).
    /// </summary>
    public bool IsError => IsErrorType(Type);

    /// <summary>A request or reply whose <see cref="EchoIdentifier"/> tells whom it is for.</summary>
    public bool IsEcho => Type is Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply;

    /// <summary>
    /// Of an error: the datagram that caused it, mostly cut short, without the extensions that RFC 4884 allows behind it. Empty for
    /// all other messages. A redirect's is an option: <see cref="Ndp.NdpOptionType.RedirectedHeader"/>.
    /// </summary>
    public Span<byte> QuotedDatagram => IsError ? Body[..QuotationLength] : default;

    public static bool IsErrorType(Icmpv6Type type) => (byte)type < FirstInformationalType;

    /// <summary>RFC 4884 §3: unreachable and time exceeded may tell the quotation's length in units of 8 bytes; as in ICMP.</summary>
    private int QuotationLength
    {
        get
        {
            bool hasLengthField = Type is Icmpv6Type.DestinationUnreachable or Icmpv6Type.TimeExceeded;
            int length = hasLengthField ? _bytes[4] * QuotationUnit : 0;
            return length < MinExtendedQuotation ? Body.Length : Math.Min(length, Body.Length);
        }
    }
}
