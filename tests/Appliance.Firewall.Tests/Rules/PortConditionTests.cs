using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class PortConditionTests
{
    /// <summary>All ports, against pf_match_port written out.</summary>
    [Theory]
    [InlineData(MatchOperator.Equal, 80, 0)]
    [InlineData(MatchOperator.NotEqual, 0, 0)]
    [InlineData(MatchOperator.NotEqual, 65535, 0)]
    [InlineData(MatchOperator.NotEqual, 80, 0)]
    [InlineData(MatchOperator.Less, 0, 0)]
    [InlineData(MatchOperator.Less, 1024, 0)]
    [InlineData(MatchOperator.LessOrEqual, 65535, 0)]
    [InlineData(MatchOperator.Greater, 65535, 0)]
    [InlineData(MatchOperator.Greater, 1023, 0)]
    [InlineData(MatchOperator.GreaterOrEqual, 0, 0)]
    [InlineData(MatchOperator.Range, 80, 443)]
    [InlineData(MatchOperator.Range, 443, 80)]
    [InlineData(MatchOperator.Inside, 80, 443)]
    [InlineData(MatchOperator.Inside, 80, 81)]
    [InlineData(MatchOperator.Inside, 0, 65535)]
    [InlineData(MatchOperator.Outside, 80, 443)]
    [InlineData(MatchOperator.Outside, 0, 65535)]
    [InlineData(MatchOperator.Outside, 443, 80)]
    public void Every_port_is_judged_as_pf_does(MatchOperator how, ushort a1, ushort a2)
    {
        Rule rule = new() { Number = 0, Id = "r", Protocol = IpProtocol.Udp, DestinationPort = new PortMatch(how, a1, a2) };
        var matcher = new CompiledEvaluator(CompiledRules.Compile(RuleList.Create(RuleOrder.LastMatch, rule)), RoutesOfTest.Instance,
            KeyedRandom.FromSeed(1));
        PacketView packet = Packets.Of("10.0.0.1", "10.0.0.2") with { Protocol = IpProtocol.Udp };
        var match = new RuleMatch();
        for (int p = 0; p <= ushort.MaxValue; p++)
        {
            bool expected = how switch
            {
                MatchOperator.Equal => p == a1,
                MatchOperator.NotEqual => p != a1,
                MatchOperator.Less => p < a1,
                MatchOperator.LessOrEqual => p <= a1,
                MatchOperator.Greater => p > a1,
                MatchOperator.GreaterOrEqual => p >= a1,
                MatchOperator.Range => p >= a1 && p <= a2,
                MatchOperator.Inside => p > a1 && p < a2,
                _ => p < a1 || p > a2,
            };
            matcher.Evaluate(packet with { DestinationPort = (ushort)p }, ref match);
            Assert.True(expected == !match.IsDefault, $"port {p}");
        }
    }
}
