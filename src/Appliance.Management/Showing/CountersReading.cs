using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

internal static class CountersReading
{
    /// <summary>The accounts of all frames, then every drop reason, be it 0, then what was done beside.</summary>
    public static Dictionary<string, long> Read(ApplianceNode node)
    {
        NodeAccounts accounts = node.ReadAccounts();
        LogAccounts log = node.ReadLogAccounts();
        var counters = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["in"] = accounts.Received,
            ["out"] = accounts.Transmitted,
            ["dropped"] = accounts.Dropped,
            ["consumed"] = accounts.Consumed,
            ["generated"] = accounts.Generated,
            ["inFlight"] = Math.Max(
                0, accounts.Received + accounts.Generated - accounts.Transmitted - accounts.Dropped - accounts.Consumed),
        };
        for (var reason = (DropReason)1; (int)reason < DropReasonNames.Count; reason++)
            counters[DropReasonNames.Of(reason)] = accounts.Drops.GetValueOrDefault(DropReasonNames.Of(reason));
        counters["states-created"] = accounts.StatesCreated;
        counters["states-expired"] = accounts.StatesEnded;
        counters["states-current"] = accounts.StatesCreated - accounts.StatesEnded;
        counters["checksums-verified"] = accounts.ChecksumsVerified;
        counters["checksums-bad"] = accounts.ChecksumsBad;
        counters["checksums-computed"] = accounts.ChecksumsComputed;
        counters["lro-superframes"] = accounts.LroSuperframes;
        counters["lro-segments"] = accounts.LroSegments;
        counters["tso-superframes"] = accounts.TsoSuperframes;
        counters["tso-segments"] = accounts.TsoSegments;
        counters["log-records"] = log.Records;
        counters["log-lost"] = log.Lost;
        return counters;
    }
}
