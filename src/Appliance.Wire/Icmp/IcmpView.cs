using Appliance.Wire.Ip;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Icmp;

/// <summary>
/// An ICMP message (RFC 792) over borrowed bytes. Every message in use has 8 bytes in front: type, code, checksum and four bytes whose
/// meaning hangs on the type. An accessor of those answers for any type; it means something for the types that its comment names.
/// Setters write in place and leave <see cref="Checksum"/> as it is.
/// </summary>
/// <remarks>
/// <code>
///  0      1      2          4                        8
/// +------+------+----------+------------------------+---------
/// | type | code | checksum | by type                | body
/// +------+------+----------+-----------+------------+---------
///   echo                   | identifier| sequence   | data
///   unreachable            |    |length| MTU        | quotation
///   redirect               | gateway                | quotation
///   time exceeded          |    |length|            | quotation
///   parameter problem      | ptr|length|            | quotation
/// </code>
/// </remarks>
public readonly ref struct IcmpView
{
    public const int HeaderLength = 8;                                // bytes

    private const int MinExtendedQuotation = 128;                     // bytes; RFC 4884 §5.5
    private const int QuotationUnit = 4;                              // bytes; RFC 4884 §4

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 8 bytes are there.</summary>
    internal IcmpView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when there are fewer than 8 bytes. The message ends where the bytes end.</summary>
    public static bool TryParse(Span<byte> bytes, out IcmpView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new IcmpView(bytes) : default;
        return isWhole;
    }

    public IcmpType Type { get => (IcmpType)_bytes[0]; set => _bytes[0] = (byte)value; }

    public byte Code { get => _bytes[1]; set => _bytes[1] = value; }

    public ushort Checksum { get => ReadUInt16BigEndian(_bytes[2..]); set => WriteUInt16BigEndian(_bytes[2..], value); }

    /// <summary>The four bytes whose meaning hangs on the type.</summary>
    public uint RestOfHeader { get => ReadUInt32BigEndian(_bytes[4..]); set => WriteUInt32BigEndian(_bytes[4..], value); }

    /// <summary>Of echo and timestamp, requests and replies.</summary>
    public ushort EchoIdentifier { get => ReadUInt16BigEndian(_bytes[4..]); set => WriteUInt16BigEndian(_bytes[4..], value); }

    /// <summary>Of echo and timestamp, requests and replies.</summary>
    public ushort EchoSequence { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    /// <summary>Of unreachable with code fragmentation needed (RFC 1191 §4): bytes; 0 from routers older than that.</summary>
    public ushort NextHopMtu { get => ReadUInt16BigEndian(_bytes[6..]); set => WriteUInt16BigEndian(_bytes[6..], value); }

    /// <summary>Of redirect: the router to use instead.</summary>
    public Ipv4Address Gateway { get => Ipv4Address.Read(_bytes[4..]); set => value.WriteTo(_bytes[4..]); }

    /// <summary>Of parameter problem: the offset in bytes of what was wrong, within the quotation.</summary>
    public byte Pointer { get => _bytes[4]; set => _bytes[4] = value; }

    /// <summary>Everything behind the first 8 bytes: an echo's data, an error's quotation.</summary>
    public Span<byte> Body => _bytes[HeaderLength..];

    /// <summary>An error message: none may be sent in answer to it (RFC 1122 §3.2.2).</summary>
    public bool IsError => IsErrorType(Type);

    /// <summary>A request or reply whose <see cref="EchoIdentifier"/> tells whom it is for.</summary>
    public bool IsEcho => Type is IcmpType.EchoRequest or IcmpType.EchoReply;

    /// <summary>
    /// Of an error: the datagram that caused it, mostly cut short, without the extensions that RFC 4884 allows behind it. Empty for
    /// all other messages.
    /// </summary>
    public Span<byte> QuotedDatagram => IsError ? Body[..QuotationLength] : default;

    public static bool IsErrorType(IcmpType type) => type is IcmpType.DestinationUnreachable or IcmpType.SourceQuench
        or IcmpType.Redirect or IcmpType.TimeExceeded or IcmpType.ParameterProblem;

    /// <summary>
    /// RFC 4884 §3: unreachable, time exceeded and parameter problem may tell the quotation's length in units of 4 bytes, when
    /// extensions follow. Less than 128 bytes is no such length (§5.5) but an old sender's stray octet.
    /// </summary>
    private int QuotationLength
    {
        get
        {
            bool hasLengthField = Type is IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem;
            int length = hasLengthField ? _bytes[5] * QuotationUnit : 0;
            return length < MinExtendedQuotation ? Body.Length : Math.Min(length, Body.Length);
        }
    }
}
