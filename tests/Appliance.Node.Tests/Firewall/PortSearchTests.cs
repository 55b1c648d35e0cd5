using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Ports that are all taken: whoever looks for one rests behind each search in vain.</summary>
public sealed class PortSearchTests
{
    private const long Second = 1_000_000_000, Millisecond = 1_000_000;
    private const int Ports = 2048;
    private const string Ruleset =
        Boxes.Edge + Boxes.Ruleset + "set limit states 10000\nset timeout udp.first 60\n"
        + "nat on wan inet from 192.168.1.0/24 to any -> (wan) port 20000:22047\nblock in on wan\npass out on wan\npass on lan\n";

    [Fact]
    public void Behind_a_search_in_vain_a_port_is_found_by_chance_and_then_by_search_again()
    {
        using var box = new Box(Ruleset);
        Open(box, 1).Forwarded("wan");
        box.Wait(30 * Second);
        for (ushort flow = 2; flow <= Ports; flow++) Open(box, flow).Forwarded("wan");
        box.Wait((30 * Second) - Millisecond);
        Open(box, Ports + 1).MustBeDropped("nat-exhausted");
        box.Wait(2 * Millisecond).Node.StepUntilIdle(box.Now);          // the first flow is over
        Open(box, Ports + 2).MustBeDropped("nat-exhausted");            // of so many ports chance does not find the one
        box.Wait(10 * Millisecond);
        Open(box, Ports + 2).Forwarded("wan");
        Open(box, Ports + 3).MustBeDropped("nat-exhausted");
    }

    private static Seen Open(Box box, ushort port) => box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 53));
}
