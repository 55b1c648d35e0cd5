using System.Buffers.Binary;
using System.Text;

namespace Appliance.Ports.Linux;

/// <summary>Walks attributes: a length, a type and a value each, aligned to four bytes. What does not fit ends the walk.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int HeaderBytes = 4;
    private const int TypeMask = 0x3fff;                // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private ReadOnlySpan<byte> _rest = bytes;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>0 when the value is not four bytes long.</summary>
    public readonly uint Number => Value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(Value) : 0;

    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public bool MoveNext()
    {
        if (_rest.Length < HeaderBytes) return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderBytes || length > _rest.Length) return false;
        Type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask;
        Value = _rest[HeaderBytes..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}
