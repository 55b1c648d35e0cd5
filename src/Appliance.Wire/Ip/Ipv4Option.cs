namespace Appliance.Wire.Ip;

/// <summary>One option of an IPv4 header (RFC 791 §3.1), over borrowed bytes.</summary>
public readonly ref struct Ipv4Option
{
    internal Ipv4Option(Ipv4OptionType type, int offset, ReadOnlySpan<byte> value)
    {
        Type = type;
        Offset = offset;
        Value = value;
    }

    public Ipv4OptionType Type { get; }

    /// <summary>Bytes from the start of the options to the type octet: where to write, should the option be changed in place.</summary>
    public int Offset { get; }

    /// <summary>What follows type and length; empty for the options of one octet.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The option goes into every fragment, not the first alone (RFC 791 §3.1).</summary>
    public bool IsCopied => ((byte)Type & 0x80) != 0;

    /// <summary>The datagram's sender chose its way: loose or strict.</summary>
    public bool IsSourceRoute => Type is Ipv4OptionType.LooseSourceRoute or Ipv4OptionType.StrictSourceRoute;
}
