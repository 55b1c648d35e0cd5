namespace Appliance.Configuration;

/// <summary>What a port may do for the data path; never what happens, only who does it. A sub-port has its parent's.</summary>
/// <param name="RxChecksum">Verify checksums.</param>
/// <param name="TxChecksum">Finish them.</param>
/// <param name="Lro">Join segments; done here.</param>
/// <param name="Tso">Cut large frames.</param>
/// <param name="Rps">
/// Be received on the workers' processors, and not where its interrupts are, or, on a virtual cable, where the sender is.
/// </param>
public sealed record OffloadModel(bool RxChecksum, bool TxChecksum, bool Lro, bool Tso, bool Rps)
{
    public static readonly OffloadModel Default = new(RxChecksum: true, TxChecksum: true, Lro: true, Tso: true, Rps: false);
}
