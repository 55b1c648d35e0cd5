using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Records that somebody has damaged: bits turned, bytes cut, put in and swapped, fields of one in another. None is an exception, each is
/// counted, and what was adopted all the same ends as states do.
/// </summary>
public sealed class HostileRecordTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_comes_is_taken_or_refused_and_counted()
    {
        int count = TestSize.Of(person: 30_000, server: 200_000, soak: 1_000_000);
        using var rig = new SyncRig();
        byte[][] good = Samples(rig);
        var random = new Random(TestSize.Seed(1));
        var outcomes = new long[(int)FlowAdoption.NotHere + 1];
        for (int i = 0; i < count; i++)
        {
            byte[] record = Mutate([.. good[random.Next(good.Length)]], good, random);
            var change = (FlowChange)random.Next(1, 4);
            rig.Replica.Expect(record);
            outcomes[(int)rig.Replica.Adopt(random.Next(-1, SyncRig.Buckets + 1), change, record, rig.Now)]++;
        }

        for (FlowAdoption outcome = 0; outcome <= FlowAdoption.NotHere; outcome++)
        {
            output.WriteLine($"{outcome,20} {outcomes[(int)outcome],10:N0}");
            Assert.Equal(outcomes[(int)outcome], rig.Other.AdoptionsOf(outcome));
        }

        Assert.True(outcomes[(int)FlowAdoption.Malformed] > count / 10 && outcomes[(int)FlowAdoption.Adopted] > 0);
        ulong[] sums = [.. Enumerable.Range(0, SyncRig.Buckets).Select(rig.Replica.DigestOf)];
        rig.Other.Synchronize(null);
        rig.Other.Synchronize(new FlowSync(rig, KeyedRandom.FromSeed(7), Creator: 2));
        Assert.Equal(sums, Enumerable.Range(0, SyncRig.Buckets).Select(rig.Replica.DigestOf));
        rig.Now += (long)uint.MaxValue * SyncRig.Second;                // longer than any record can say
        rig.FireOther();
        Assert.Equal(0, rig.Other.Count);
    }

    [Fact]
    public void Where_a_records_keys_lead_is_seen_without_reading_it()
    {
        using var rig = new SyncRig();
        byte[][] records = Samples(rig);
        foreach (byte[] record in records)
        {
            Assert.Equal(FlowAdoption.Adopted, FlowImage.Read(record, out FlowImage image));
            bool isSeen = FlowImage.TryReadKeys(record, out FlowKey wire, out FlowKey stack);
            Assert.Equal(!image.IsBound, isSeen);
            if (!isSeen) continue;
            Assert.Equal(image.Wire with { Port = FlowKey.AnyPort }, wire);
            Assert.Equal(image.Stack with { Port = FlowKey.AnyPort }, stack);
        }

        Assert.Contains(records, record => FlowImage.TryReadKeys(record, out FlowKey wire, out FlowKey stack) && wire != stack);
    }

    private static byte[][] Samples(SyncRig rig)
    {
        foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Icmp, IpProtocol.Gre])
        {
            rig.Make(protocol);
            rig.Make(protocol, isV6: true, isTranslated: true);
            rig.Make(protocol, isTranslated: true, direction: FlowDirection.Out, port: 1);
        }

        byte[][] records = [.. rig.Breathe().Written.Select(note => note.Record)];
        rig.Forget();
        return records;
    }

    private static byte[] Mutate(byte[] record, byte[][] others, Random random)
    {
        for (int times = random.Next(1, 4); times > 0 && record.Length > 0; times--)
        {
            int at = random.Next(record.Length);
            byte[] other = others[random.Next(others.Length)];
            switch (random.Next(7))
            {
                case 0: record[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: record[at] = (byte)random.Next(256); break;
                case 2: record = record[..at]; break;
                case 3: record = [.. record.AsSpan(0, at), (byte)random.Next(256), .. record.AsSpan(at)]; break;
                case 4: record = [.. record.AsSpan(0, at), .. other.AsSpan(Math.Min(at, other.Length))]; break;
                case 5: record = [.. record, .. other.AsSpan(1)]; break;
                default: record[at] = (byte)(random.Next(2) == 0 ? 0 : 255); break;
            }
        }

        return record;
    }
}
