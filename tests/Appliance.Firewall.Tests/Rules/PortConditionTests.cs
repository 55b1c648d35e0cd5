using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class PortConditionTests
{
    /// <summary>All ports, against pf_match_port written out.</summary>
    [Theory]
    [InlineData(PortOperator.Equal, 80, 0)]
    [InlineData(PortOperator.NotEqual, 0, 0)]
    [InlineData(PortOperator.NotEqual, 65535, 0)]
    [InlineData(PortOperator.NotEqual, 80, 0)]
    [InlineData(PortOperator.Less, 0, 0)]
    [InlineData(PortOperator.Less, 1024, 0)]
    [InlineData(PortOperator.LessOrEqual, 65535, 0)]
    [InlineData(PortOperator.Greater, 65535, 0)]
    [InlineData(PortOperator.Greater, 1023, 0)]
    [InlineData(PortOperator.GreaterOrEqual, 0, 0)]
    [InlineData(PortOperator.Range, 80, 443)]
    [InlineData(PortOperator.Range, 443, 80)]
    [InlineData(PortOperator.Inside, 80, 443)]
    [InlineData(PortOperator.Inside, 80, 81)]
    [InlineData(PortOperator.Inside, 0, 65535)]
    [InlineData(PortOperator.Outside, 80, 443)]
    [InlineData(PortOperator.Outside, 0, 65535)]
    [InlineData(PortOperator.Outside, 443, 80)]
    public void Every_port_is_judged_as_pf_does(PortOperator how, ushort a1, ushort a2)
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
                PortOperator.Equal => p == a1,
                PortOperator.NotEqual => p != a1,
                PortOperator.Less => p < a1,
                PortOperator.LessOrEqual => p <= a1,
                PortOperator.Greater => p > a1,
                PortOperator.GreaterOrEqual => p >= a1,
                PortOperator.Range => p >= a1 && p <= a2,
                PortOperator.Inside => p > a1 && p < a2,
                _ => p < a1 || p > a2,
            };
            matcher.Evaluate(packet with { DestinationPort = (ushort)p }, ref match);
            Assert.True(expected == !match.IsDefault, $"port {p}");
        }
    }
}
