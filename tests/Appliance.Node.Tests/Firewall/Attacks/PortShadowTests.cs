using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// Port shadowing (CVE-2021-3773 and its like): a host behind the NAT chooses its source port so that the translated one is where another's
/// answers, or a service's questions, arrive; and an outsider tries what an answer may.
/// </summary>
public sealed class PortShadowTests
{
    private const string Wan = "203.0.113.2", Attacker = "192.168.1.66", Server = "192.168.1.80", Outsider = "198.51.100.66";
    private const string Filter = "block in on wan\npass out on wan\npass on lan\n", Head = Boxes.Edge + Boxes.Ruleset;
    private const int Flows = 40;

    public static TheoryData<string, int> Rules
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (string option in (string[])["", "static-port", "port 50000:50003", "endpoint-independent", "sticky-address"])
            {
                foreach (int vcpus in (int[])[1, 4]) all.Add(option, vcpus);
            }

            return all;
        }
    }

    /// <summary>Whatever port the attacker sends from, the one that the victim has towards the server stays the victim's.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void No_source_port_brings_anothers_answers(string option, int vcpus)
    {
        using var box = new Box(Head + $"nat on wan inet from 192.168.1.0/24 to any -> (wan) {option}\n" + Filter, vcpus);
        int victim = Ends.Of(box.Send("lan", Udp(Boxes.LanHost, 50_001, Boxes.Outside, 53)).Forwarded("wan")).SourcePort;
        int tried = 0, refused = 0;
        foreach (int port in Enumerable.Range(victim - 20, 41).Append(victim))
        {
            Seen seen = box.Send("lan", Udp(Attacker, (ushort)port, Boxes.Outside, 53));
            tried++;
            if (seen.Dropped == 1)
            {
                seen.MustBeDropped("nat-exhausted");
                refused++;
                continue;
            }

            Assert.NotEqual(victim, Ends.Of(seen.Forwarded("wan")).SourcePort);
        }

        Assert.Equal(option switch { "static-port" => 2, "port 50000:50003" => tried - 3, _ => 0 }, refused);
        Ends answer = Ends.Of(box.Send("wan", Udp(Boxes.Outside, 53, Wan, (ushort)victim)).Forwarded("lan"));
        Assert.Equal(new Ends(Boxes.Outside, 53, Boxes.LanHost, 50_001), answer);
    }

    /// <summary>
    /// A service behind a forward, and a client of it: the attacker sends from the service's port to the client, so that what the client
    /// sends would look like answers to the attacker.
    /// </summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void No_source_port_brings_what_clients_of_a_service_send(string option, int vcpus)
    {
        using var box = new Box(
            Head + $"""
            nat on wan inet from 192.168.1.0/24 to any -> (wan) {option}
            rdr on wan inet proto tcp from any to 203.0.113.2 port 8080 -> 192.168.1.80 port 80
            {Filter}
            pass in on wan inet proto tcp to 192.168.1.80 port 80

            """, vcpus);
        for (ushort client = 1000; client < 1000 + Flows; client++)
        {
            box.Send("wan", Tcp(Boxes.Outside, client, Wan, 8080, Flags.Syn, 1)).Forwarded("lan");
            Seen shadow = box.Send("lan", Tcp(Attacker, 8080, Boxes.Outside, client, Flags.Syn, 1));
            if (option == "static-port") shadow.MustBeDropped("nat-exhausted");
            else Assert.NotEqual(8080, Ends.Of(shadow.Forwarded("wan")).SourcePort);
            box.Send("lan", Tcp(Server, 80, Boxes.Outside, client, Flags.Syn | Flags.Ack, 9000, 2)).Forwarded("wan");
            Ends more = Ends.Of(box.Send("wan", Tcp(Boxes.Outside, client, Wan, 8080, Flags.Ack, 2, 9001, 10)).Forwarded("lan"));
            Assert.Equal((Server, 80), (more.Destination, more.DestinationPort));
        }
    }

    /// <summary>The translated port is never one that a service has: it comes from 50001 to 65535 whatever the host asks for.</summary>
    [Theory]
    [InlineData("", 1)]
    [InlineData("", 4)]
    [InlineData("endpoint-independent", 1)]
    [InlineData("endpoint-independent", 4)]
    public void A_service_of_the_appliance_is_not_shadowed_before_anyone_comes(string option, int vcpus)
    {
        using var box = new Box(Head + $"nat on wan inet from 192.168.1.0/24 to any -> (wan) {option}\n" + Filter, vcpus);
        foreach (ushort service in (ushort[])[22, 53, 80, 443, 500, 1194, 4500, 8443, 51_820])
        {
            Assert.InRange(Out(Udp(Attacker, service, Boxes.Outside, 4000)), 50_001, 65_535);
            Assert.InRange(Out(Tcp(Attacker, service, Boxes.Outside, 4000, Flags.Syn, 1)), 50_001, 65_535);
        }

        int Out(byte[] frame) => Ends.Of(box.Send("lan", frame).Forwarded("wan")).SourcePort;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_outsider_does_not_come_in_by_a_mapping(string option, int vcpus)
    {
        using var box = new Box(Head + $"nat on wan inet from 192.168.1.0/24 to any -> (wan) {option}\n" + Filter, vcpus);
        for (ushort port = 50_010; port < 50_013; port++)
        {
            ushort mapped = (ushort)Ends.Of(box.Send("lan", Udp(Boxes.LanHost, port, Boxes.Outside, 53)).Forwarded("wan")).SourcePort;
            box.Send("wan", Udp(Outsider, 53, Wan, mapped)).MustBeDropped("block");
            box.Send("wan", Udp(Boxes.Outside, 54, Wan, mapped)).MustBeDropped("block");
            box.Send("wan", Udp(Boxes.Outside, 53, Wan, (ushort)(mapped ^ 0x0100))).MustBeDropped("block");
            box.Send("wan", Udp(Boxes.Outside, 53, Boxes.LanHost, port)).MustBeDropped("block");         // past the translation
            box.Send("wan", Tcp(Boxes.Outside, 53, Wan, mapped, Flags.Syn, 1)).MustBeDropped("block");
            Ends answer = Ends.Of(box.Send("wan", Udp(Boxes.Outside, 53, Wan, mapped)).Forwarded("lan"));
            Assert.Equal(new Ends(Boxes.Outside, 53, Boxes.LanHost, port), answer);
        }
    }

    /// <summary>Who sits inside and sends as if from the outer address and port: the appliance's own address is no source.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_outer_endpoint_is_nobodys_source(int vcpus)
    {
        using var box = new Box(Head + "nat on wan inet from 192.168.1.0/24 to any -> (wan)\n" + Filter, vcpus);
        ushort mapped = (ushort)Ends.Of(box.Send("lan", Udp(Boxes.LanHost, 5000, Boxes.Outside, 53)).Forwarded("wan")).SourcePort;
        box.Send("lan", Udp(Wan, mapped, Boxes.Outside, 53)).MustBeDropped("martian");
        box.Send("wan", Udp(Wan, mapped, Boxes.Outside, 53)).MustBeDropped("martian");
        Assert.Equal(1 * 2, box.Node.ReadAccounts().StatesCreated);
    }
}
