using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class TcpTwinTests
{
    private const int Segments = 60;

    private static readonly int s_streams = TestSize.Of(person: 8_000, server: 20_000, soak: 200_000);

    [Fact]
    public void Tracker_and_its_slow_twin_agree_on_random_streams()
    {
        var outcomes = new int[Enum.GetValues<TrackOutcome>().Length];
        var states = new HashSet<string>(StringComparer.Ordinal);
        int established = 0;
        for (int seed = 0; seed < s_streams; seed++)
        {
            var stream = new TcpStream(seed);
            TcpSegmentFacts first = stream.First();
            TcpTrack track = TcpTracker.Create(first, sloppy: false);
            var twin = new SlowTcpTwin(first);
            for (int i = 0; i < Segments; i++)
            {
                TcpSegmentFacts segment = stream.Next(out bool fromClient);
                TcpTrack before = track;
                TrackVerdict verdict = TcpTracker.Advance(ref track, segment, fromClient);
                (TrackOutcome outcome, bool isEstablished) = twin.Advance(segment, fromClient);
                string where = $"stream {seed}, segment {i}";
                Assert.True(
                    outcome == verdict.Outcome, $"{where}: {verdict.Outcome}, the twin says {outcome} of {segment.Flags} in {twin}");
                Assert.True(twin.States == StateNames.Of(track), $"{where}: {StateNames.Of(track)}, the twin says {twin.States}");
                Assert.True(isEstablished == verdict.BecameEstablished && twin.Timeout == track.Timeout, where);
                if (!verdict.Passes) Assert.Equal(before, track);
                outcomes[(int)outcome]++;
                states.Add(twin.States);
                if (isEstablished) established++;
                if (outcome == TrackOutcome.Reuse) break;
            }
        }

        Assert.All(outcomes, count => Assert.InRange(count, s_streams / 40, int.MaxValue));
        Assert.InRange(established, s_streams / 20, s_streams);
        Assert.Superset(TcpScript.Ways.Keys.ToHashSet(StringComparer.Ordinal), states);
        string counts = string.Join(", ", outcomes.Select((count, i) => $"{(TrackOutcome)i} {count}"));
        TestContext.Current.SendDiagnosticMessage(
            $"{s_streams} streams; {counts}; established {established}; {states.Count} pairs of states");
    }
}
