using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Management;
using Appliance.Node;

namespace Appliance.Reports;

/// <summary>The documents of <c>show</c> as tables for people.</summary>
internal static class LiveTables
{
    private static readonly ManagementJson Json = ManagementJson.Indented;

    /// <summary>What there is to be shown, in the order in which help lists it.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "ports", "vcpus", "vrss", "offloads", "states", "rules", "tables", "nat", "routes", "neighbors", "carp", "sync", "counters", "log",
    ];

    /// <summary>A document as JSON, on standard output and nothing else.</summary>
    public static void PrintJson<T>(T document, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>Seconds are enough for people.</summary>
    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <param name="what">One of <see cref="Names"/>, but states.</param>
    public static void Append(string what, byte[] document, StringBuilder text)
    {
        switch (what)
        {
            case "ports": Append(text, OfPorts(Read(document, Json.PortDocumentArray))); break;
            case "vcpus": Append(text, OfVcpus(Read(document, Json.VcpuDocumentArray))); break;
            case "vrss": AppendVrss(text, Read(document, Json.VrssDocument)); break;
            case "offloads": AppendOffloads(text, Read(document, Json.OffloadsDocument)); break;
            case "rules": text.Append(OfRules(Read(document, Json.RuleDocumentArray))); break;
            case "tables": Append(text, OfTables(Read(document, Json.TableDocumentArray))); break;
            case "nat": Append(text, OfNat(Read(document, Json.NatDocumentArray))); break;
            case "routes": Append(text, OfRoutes(Read(document, Json.RouteDocumentArray))); break;
            case "neighbors": Append(text, OfNeighbors(Read(document, Json.NeighborDocumentArray))); break;
            case "carp": Append(text, OfCarp(Read(document, Json.CarpDocumentArray))); break;
            case "sync": Append(text, OfSync(Read(document, Json.SyncDocumentArray))); break;
            case "log": Append(text, OfLog(Read(document, Json.LogDocumentArray))); break;
            default: Append(text, OfCounters(Read(document, Json.DictionaryStringInt64))); break;
        }
    }

    public static StringBuilder OfEntries(TableEntryDocument[] entries)
    {
        var table = new ColumnTable("<entry", ">in blocked", ">in passed", ">out blocked", ">out passed");
        foreach (TableEntryDocument entry in entries)
            table.Add(entry.Entry, Packets(entry.InBlock), Packets(entry.InPass), Packets(entry.OutBlock), Packets(entry.OutPass));
        var text = new StringBuilder();
        table.AppendTo(text);
        return text;
    }

    private static T Read<T>(byte[] document, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(document, type)!;

    private static void Append(StringBuilder text, ColumnTable table) => table.AppendTo(text);

    private static string Packets(CountDocument count) => Quantity.Count(count.Packets);

    private static ColumnTable OfPorts(PortDocument[] ports)
    {
        var table = new ColumnTable(
            "<port", "<link", "<backend", "<device", "<mac", ">mtu", ">frames in", ">bytes in", ">frames out", ">bytes out", ">dropped",
            "<host", "<addresses");
        foreach (PortDocument port in ports)
        {
            table.Add(
                (port.Parent is null ? "" : "  ") + port.Name,
                port.Link,
                port.Backend,
                port.Vlan is { } vlan ? $"vlan {vlan}" : port.Device ?? "",
                port.Mac,
                $"{port.Mtu}",
                Quantity.Count(port.In),
                Quantity.Count(port.BytesIn),
                Quantity.Count(port.Out),
                Quantity.Count(port.BytesOut),
                Quantity.Count(port.Dropped + port.Missed + port.Refused),
                port.Host is { } host ? host.Link == "up" ? host.Device : $"{host.Device} (down)" : "",
                string.Join(' ', port.Addresses.Select(address => IsLearned(port, address) ? $"{address} (learned)" : address)));
        }

        return table;
    }

    private static bool IsLearned(PortDocument port, string address) => port.Host?.Learned.Contains(address) == true;

    private static ColumnTable OfVcpus(VcpuDocument[] vcpus)
    {
        var table = new ColumnTable("<vcpu", ">busy", ">share", ">frames", ">bytes", ">batches", ">handed off", ">express", ">held");
        foreach (VcpuDocument vcpu in vcpus)
        {
            table.Add(
                $"{vcpu.Id}", vcpu.Busy is { } busy ? Quantity.Percent(busy, 1) : "", Quantity.Percent(vcpu.Share, 1),
                Quantity.Count(vcpu.Frames), Quantity.Count(vcpu.Bytes), Quantity.Count(vcpu.Batches), Quantity.Count(vcpu.HandedOff),
                Quantity.Count(vcpu.Express), Quantity.Count(vcpu.FramesHeld));
        }

        return table;
    }

    /// <summary>The table of buckets in rows of 16, as <c>ethtool -x</c> prints it.</summary>
    private static void AppendVrss(StringBuilder text, VrssDocument vrss)
    {
        const int Row = 16;
        text.AppendLine($"key        {vrss.Key}").AppendLine($"hash       {string.Join(' ', vrss.Hash)}");
        text.AppendLine($"rebalance  {(vrss.Rebalance ? "on" : "off")}{(vrss.Settled ? "" : ", buckets are moving")}");
        text.AppendLine().AppendLine("bucket  vcpu");
        for (int first = 0; first < vrss.Indirection.Length; first += Row)
        {
            IEnumerable<string> owners = vrss.Indirection.Skip(first).Take(Row).Select(owner => $"{owner,2}");
            text.AppendLine(CultureInfo.InvariantCulture, $"{first,5}:  {string.Join(' ', owners)}");
        }

        text.AppendLine();
        var table = new ColumnTable("<vcpu", ">frames", ">share");
        foreach (VcpuShareDocument vcpu in vrss.Vcpus)
            table.Add($"{vcpu.Id}", Quantity.Count(vcpu.Frames), Quantity.Percent(vcpu.Share, 1));
        table.AppendTo(text);
    }

    private static void AppendOffloads(StringBuilder text, OffloadsDocument offloads)
    {
        var table = new ColumnTable("<port", "<rx-checksum", "<tx-checksum", "<lro", "<tso", "<rps", "<done by the device");
        foreach (PortOffloadsDocument port in offloads.Ports)
        {
            string byDevice = port.ByDevice.Length == 0 ? "nothing" : string.Join(' ', port.ByDevice);
            table.Add(port.Name, port.RxChecksum, port.TxChecksum, port.Lro, port.Tso, port.Rps, byDevice);
        }

        table.AppendTo(text);
        text.AppendLine();
        (JoinedDocument lro, JoinedDocument tso) = (offloads.Lro, offloads.Tso);
        text.AppendLine($"lro        {Quantity.Count(lro.Segments)} segments joined to {Quantity.Count(lro.Superframes)}");
        text.AppendLine($"tso        {Quantity.Count(tso.Superframes)} cut to {Quantity.Count(tso.Segments)} segments");
        text.AppendLine(
            $"checksums  {Quantity.Count(offloads.Checksums.Verified)} verified, {Quantity.Count(offloads.Checksums.Bad)} bad, "
            + $"{Quantity.Count(offloads.Checksums.Computed)} computed in full");
    }

    private static string OfRules(RuleDocument[] rules) => RuleTable.Render([.. rules.Select(rule => new RuleAccounts
    {
        Id = rule.Id,
        Text = rule.Rule,
        Depth = rule.Depth,
        OpensBody = rule.OpensBody,
        Evaluations = rule.Evaluations,
        Packets = rule.Packets,
        Bytes = rule.Bytes,
        StatesCreated = rule.StatesCreated,
        States = rule.States,
    })]);

    private static ColumnTable OfTables(TableDocument[] tables)
    {
        var table = new ColumnTable("<table", ">entries", ">most", "<flags");
        foreach (TableDocument one in tables)
        {
            string[] flags = [.. new[] { one.Const ? "const" : "", one.Persist ? "persist" : "", one.Counters ? "counters" : "" }];
            table.Add(
                one.Name, Quantity.Count(one.Entries), Quantity.Count(one.MaximumEntries),
                string.Join(' ', flags.Where(flag => flag.Length > 0)));
        }

        return table;
    }

    private static ColumnTable OfNat(NatDocument[] rules)
    {
        var table = new ColumnTable("<kind", ">states", "<id", "<rule");
        foreach (NatDocument rule in rules)
            table.Add(rule.Kind, rule.States is { } states ? Quantity.Count(states) : "", rule.Id, rule.Rule);
        return table;
    }

    private static ColumnTable OfRoutes(RouteDocument[] routes)
    {
        var table = new ColumnTable("<to", "<kind", "<origin", "<via", "<port");
        foreach (RouteDocument route in routes)
        {
            if (route.Via.Length == 0) table.Add(route.To, route.Kind, route.Origin, "", "");
            bool isWeighted = route.Via.Any(way => way.Weight != 1);
            foreach (WayDocument way in route.Via)
            {
                string share = isWeighted ? $" weight {way.Weight}" : "";
                table.Add(route.To, route.Kind, route.Origin, way.Address ?? "link", way.Port + share);
            }
        }

        return table;
    }

    private static ColumnTable OfNeighbors(NeighborDocument[] neighbors)
    {
        var table = new ColumnTable("<port", "<address", "<mac", "<state");
        foreach (NeighborDocument neighbor in neighbors) table.Add(neighbor.Port, neighbor.Address, neighbor.Mac ?? "", neighbor.State);
        return table;
    }

    public static void AppendCarp(StringBuilder text, CarpDocument[] groups) => Append(text, OfCarp(groups));

    private static ColumnTable OfCarp(CarpDocument[] groups)
    {
        var table = new ColumnTable("<vhid", "<port", "<state", ">advbase", ">advskew", ">demotion", ">transitions", "<peer", "<addresses");
        foreach (CarpDocument group in groups)
        {
            table.Add(
                $"{group.Vhid}", group.Port, group.State, $"{group.Advbase}", $"{group.Advskew}", $"{group.Demotion}",
                $"{group.Transitions}", group.Peer ?? "", string.Join(' ', group.Addresses));
        }

        return table;
    }

    private static ColumnTable OfSync(SyncDocument[] peers)
    {
        var table = new ColumnTable(
            "<peer", "<state", "<paths", ">heartbeats", ">refused", ">latest by", "<states", ">equal", ">lag p50", ">lag p99", ">unsent",
            ">held p99", "<tables", ">entries", ">told", ">adopted", ">refused", "<neighbours", ">own", ">peer's");
        foreach (SyncDocument peer in peers)
        {
            string paths = string.Join(' ', peer.Paths.Select(path => $"{path.Port} {(path.IsAlive ? "up" : "down")}"));
            long refused = peer.Refused.Values.Sum(count => (long)count);
            table.Add(
                peer.Peer, peer.State, paths, Quantity.Count((long)peer.Heard), Quantity.Count(refused),
                Milliseconds(peer.LatenessMicroseconds / 1000),
                peer.States is { } states ? $"{states.Phase}, {states.Role}" : "-",
                peer.States is { } equal ? $"{equal.EqualBuckets}/{equal.Buckets}" : "-",
                Milliseconds(peer.States?.LagP50Milliseconds ?? 0),
                Milliseconds(peer.States?.LagP99Milliseconds ?? 0),
                Milliseconds(peer.States?.OldestMilliseconds ?? 0),
                peer.States?.NewFlows is { } held ? Milliseconds(held.WaitP99Milliseconds) : "-",
                peer.States?.Tables.Phase ?? "-",
                Quantity.Count(peer.States?.Tables.Entries ?? 0),
                Quantity.Count(peer.States?.Tables.Told ?? 0),
                Quantity.Count(peer.States?.Tables.Adopted ?? 0),
                Quantity.Count(peer.States?.Tables.Refused ?? 0),
                peer.States?.Neighbours.Phase ?? "-",
                Quantity.Count(peer.States?.Neighbours.Own ?? 0),
                Quantity.Count(peer.States?.Neighbours.Peers ?? 0));
        }

        return table;
    }

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:f1} ms");

    /// <summary>Those that are not 0.</summary>
    private static ColumnTable OfCounters(Dictionary<string, long> counters)
    {
        var table = new ColumnTable("<counter", ">count");
        foreach ((string name, long count) in counters.Where(counter => counter.Value != 0)) table.Add(name, Quantity.Count(count));
        return table;
    }

    private static ColumnTable OfLog(LogDocument[] entries)
    {
        var table = new ColumnTable("<time", "<action", "<dir", "<port", "<proto", "<source", "<destination", ">length", "<rule");
        foreach (LogDocument entry in entries)
        {
            table.Add(
                entry.Time, entry.Action, entry.Direction, entry.Port, entry.Protocol, End(entry.Source, entry.SourcePort),
                End(entry.Destination, entry.DestinationPort), $"{entry.Length}", entry.Rule ?? entry.Reason);
        }

        return table;
    }

    private static string End(string address, int? port) => port is not { } number ? address
        : address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{number}" : $"{address}:{number}";
}
