namespace Appliance.Firewall.Language;

/// <summary>How packets are normalized.</summary>
public sealed record ScrubOptions
{
    public bool NoDf { get; init; }
    public bool RandomId { get; init; }

    /// <summary>0: as it is.</summary>
    public byte MinTtl { get; init; }

    /// <summary>Bytes; 0: as it is.</summary>
    public ushort MaxMss { get; init; }
    /// <summary>Of a scrub rule; another rule has it in <see cref="PfRule.SetTos" />.</summary>
    public byte? SetTos { get; init; }
    public bool ReassembleTcp { get; init; }
    public bool NoFragmentReassembly { get; init; }
}
