using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Ports.Linux;

/// <summary>
/// Netlink messages that are being written, one behind the other (netlink(7)): each a header, a structure of its family, attributes. For
/// the control side: it grows as it needs.
/// </summary>
internal sealed class NetlinkMessage
{
    public const ushort Request = 0x1, Acknowledged = 0x4, Dump = 0x300, Replace = 0x100, Exclusive = 0x200, Create = 0x400, Append = 0x800;
    public const int HeaderBytes = 16;

    private const int Nested = 0x8000;                  // NLA_F_NESTED
    private const int AttributeHeader = 4;

    private readonly List<byte> _bytes = [];
    private int _start;
    private uint _sequence;

    public ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_bytes);

    /// <summary>Begins a message with the structure that its family wants first.</summary>
    public void Begin<TStructure>(ushort type, ushort flags, in TStructure structure) where TStructure : unmanaged
    {
        _start = _bytes.Count;
        Add(new Header { Type = type, Flags = (ushort)(flags | Request), Sequence = ++_sequence });
        Add(structure);
    }

    /// <summary>Ends it: now its length is known.</summary>
    public void End() => BinaryPrimitives.WriteInt32LittleEndian(Written(_start), _bytes.Count - _start);

    public void Attribute(int type, ReadOnlySpan<byte> value)
    {
        Add((ushort)(AttributeHeader + value.Length));
        Add((ushort)type);
        _bytes.AddRange(value);
        while (_bytes.Count % 4 != 0) _bytes.Add(0);
    }

    /// <summary>In the machine's order, as routing messages want numbers.</summary>
    public void Attribute(int type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>In network order, as nftables wants numbers.</summary>
    public void BigEndian(int type, uint value) => Attribute(type, BinaryPrimitives.ReverseEndianness(value));

    public void Attribute(int type, string value) => Attribute(type, [.. Encoding.UTF8.GetBytes(value), 0]);

    /// <summary>An attribute whose value is attributes: those that <paramref name="write"/> writes.</summary>
    public void Nest(int type, Action write)
    {
        int start = _bytes.Count;
        Add((ushort)0);
        Add((ushort)(type | Nested));
        write();
        BinaryPrimitives.WriteUInt16LittleEndian(Written(start), (ushort)(_bytes.Count - start));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header                               // struct nlmsghdr
    {
        public uint Length;
        public ushort Type;
        public ushort Flags;
        public uint Sequence;
        public uint Port;
    }

    private Span<byte> Written(int start) => CollectionsMarshal.AsSpan(_bytes)[start..];

    private void Add<T>(in T value) where T : unmanaged => _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
