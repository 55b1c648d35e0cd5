namespace Appliance.Wire.Pcap;

/// <summary>
/// Walks the options at the end of a pcapng block (draft-ietf-opsawg-pcapng §3.5): code(2) length(2) value, padded to 4 bytes.
/// </summary>
internal ref struct PcapngOptions(ReadOnlySpan<byte> bytes, CaptureByteOrder order)
{
    private const ushort EndOfOptions = 0;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>An option claims more than the block holds.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>False at the end: of the list, of the block, or of what is sound of it.</summary>
    public bool TryNext(out ushort code, out ReadOnlySpan<byte> value)
    {
        code = EndOfOptions;
        value = default;
        if (_rest.IsEmpty) return false;
        IsDamaged = _rest.Length < 4;
        if (IsDamaged) return false;
        code = order.UInt16(_rest);
        int length = order.UInt16(_rest[2..]);
        if (code == EndOfOptions) return false;
        IsDamaged = length > _rest.Length - 4;
        if (IsDamaged) return false;
        value = _rest.Slice(4, length);
        _rest = _rest[Math.Min(_rest.Length, 4 + PcapngBlock.Padded(length))..];
        return true;
    }
}
