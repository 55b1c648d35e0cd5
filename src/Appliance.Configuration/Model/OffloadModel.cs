namespace Appliance.Configuration;

/// <summary>What a port may do for the data path; never what happens, only who does it. A sub-port has its parent's.</summary>
public sealed record OffloadModel(bool RxChecksum, bool TxChecksum, bool Lro, bool Tso)
{
    public static readonly OffloadModel AllOn = new(true, true, true, true);
}
