using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>Random streams through the stage and through its slow twin: the same is coupled, as much as the rules allow.</summary>
public sealed class TwinAgreementTests
{
    private const int BurstFrames = 64;

    [Fact]
    public void What_is_coupled_of_random_streams_is_what_the_rules_say()
    {
        using var rig = new CoalesceRig();
        long trains = 0, bad = 0, long5 = 0;
        int streams = (int)TestSize.Of(5_000, 100_000, 1_000_000);
        for (int seed = 0; seed < streams; seed++)
        {
            foreach (Arrival[] burst in Arrivals(seed).Chunk(BurstFrames))
            {
                string said = Compare(rig, burst);
                Assert.True(said.Length == 0, $"seed {seed}: {said}");
                trains += rig.Counters.LroSuperframes;
                bad += rig.Counters.ChecksumsBad;
                long5 += rig.Counters.LroSegments > 5 * rig.Counters.LroSuperframes ? 1 : 0;
            }
        }

        Assert.True(trains > streams && bad > streams / 100 && long5 > streams / 100, $"{trains} trains, {bad} bad, {long5} long: too few");
    }

    /// <summary>Some streams come by a port whose checksums are believed, some by one that does not coalesce.</summary>
    private static IEnumerable<Arrival> Arrivals(int seed)
    {
        var random = new Random(seed);
        int kind = random.Next(8);
        foreach ((int port, byte[] frame) in SegmentStream.Make(seed))
        {
            bool isTagged = frame[12] == 0x81;
            yield return kind switch
            {
                0 when !isTagged => new Arrival(frame, CoalesceRig.Believed, (ChecksumState)random.Next(4)),
                1 when random.Next(4) == 0 && !isTagged => new Arrival(frame, CoalesceRig.Off),
                2 => new Arrival(frame, port, (ChecksumState)random.Next(4)),
                _ => new Arrival(frame, port),
            };
        }
    }

    private static string Compare(CoalesceRig rig, Arrival[] burst)
    {
        List<List<int>> ours = rig.Couple(burst);
        var twin = new TrainTwin(CoalesceRig.Ports);
        List<List<int>> theirs = twin.Couple(burst, [.. ours.SelectMany(chain => chain).Order()]);
        string one = Text(ours), other = Text(theirs);
        if (one != other) return $"coupled {one}, the rules say {other}";
        if ((rig.Counters.ChecksumsVerified, rig.Counters.ChecksumsBad) == (twin.Verified, twin.Bad)) return "";
        return $"verified {rig.Counters.ChecksumsVerified}, bad {rig.Counters.ChecksumsBad}; the rules say {twin.Verified}, {twin.Bad}";
    }

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));
}
