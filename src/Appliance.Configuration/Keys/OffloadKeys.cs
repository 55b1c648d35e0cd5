namespace Appliance.Configuration.Keys;

internal static class OffloadKeys
{
    public static readonly ScalarKey<bool> RxChecksum = new("rx-checksum", Kinds.Switch);
    public static readonly ScalarKey<bool> TxChecksum = new("tx-checksum", Kinds.Switch);
    public static readonly ScalarKey<bool> Lro = new("lro", Kinds.Switch);
    public static readonly ScalarKey<bool> Tso = new("tso", Kinds.Switch);
    public static readonly ScalarKey<bool> Rps = new("rps", Kinds.Switch);

    public static readonly Section Section = new("offloads", RxChecksum, TxChecksum, Lro, Tso, Rps);
}
