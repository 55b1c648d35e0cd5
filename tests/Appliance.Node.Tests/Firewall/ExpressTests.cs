using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// The short way of established flows is the long way but for its time: two boxes, one without it, get the same frames, and the same
/// leaves them, flow by flow, with the same accounts.
/// </summary>
public sealed class ExpressTests(ITestOutputHelper output)
{
    private const string Rules = """
        nat on wan inet from 192.168.1.0/25 to any -> (wan)
        rdr on wan inet proto { tcp udp } from any to 203.0.113.2 port 8000:8099 -> 192.168.1.80 port 9000
        block in on wan
        pass in on wan inet proto { tcp udp } to 192.168.1.80 port 9000 keep state (udp.multiple 20)
        pass out on wan
        pass on lan

        """;

    /// <summary>
    /// All timeouts are shorter then, and a state may have less left than the short way can tell at a glance. By so little that the states
    /// made within a batch do not matter: the short way has judged before they are there.
    /// </summary>
    private const string Pressure = "set timeout { adaptive.start 10, adaptive.end 20000 }\n";

    [Theory]
    [InlineData(1, 1500, "on")]
    [InlineData(2, 1500, "off")]
    [InlineData(4, 1280, "on")]
    [InlineData(1, 1500, "on", Pressure)]
    public void What_takes_the_short_way_is_what_the_long_way_would_have_made_of_it(int vcpus, int mtu, string lro, string settings = "")
    {
        string offloads = $"offloads: {{lro: {lro}}}}}";
        string edge = Boxes.Edge
            .Replace("2001:db8:1::1/64\"]}", $"2001:db8:1::1/64\"], {offloads}", StringComparison.Ordinal)
            .Replace("2001:db8:2::2/64\"]}", $"2001:db8:2::2/64\"], mtu: {mtu}, {offloads}", StringComparison.Ordinal);
        string configuration = edge + Boxes.Ruleset + settings + Rules;
        string other = configuration + "block out on wan inet proto tcp to port 81\n";
        using var with = new Box(configuration, vcpus);
        using var without = new Box(configuration, vcpus, options => options with { UsesExpress = false });
        var random = new Random(TestSize.Seed(77 + vcpus));
        Talk[] talks = [.. Enumerable.Range(0, 40).Select(i => new Talk(random, i))];
        int bursts = TestSize.Of(1_500, 10_000, 200_000);
        for (int burst = 0; burst < bursts; burst++)
        {
            if (random.Next(100) == 0) Wait(with, without, random.NextInt64(70_000_000_000));
            if (random.Next(200) == 0) Apply(with, without, random.Next(2) == 0 ? configuration : other);
            if (random.Next(100) == 0) Move(with, without, random, vcpus);
            (Talk Talk, string Port, byte[] Frame)[] sent = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ =>
            {
                Talk talk = talks[random.Next(talks.Length)];
                (string port, byte[] frame) = talk.Next(random);
                return (talk, port, frame);
            })];
            Seen one = with.Send([.. sent.Select(frame => (frame.Port, frame.Frame))]);
            Seen two = without.Send([.. sent.Select(frame => (frame.Port, frame.Frame))]);
            string difference = Difference(Flows(one), Flows(two));
            Assert.True(difference.Length == 0, $"burst {burst}: {difference}");
            Assert.Equal(AccountsOf(without.Node), AccountsOf(with.Node));
            if (burst % 50 == 0) Assert.Equal(StatesAndRulesOf(without), StatesAndRulesOf(with));
            foreach (Talk talk in talks) talk.Learn(one.LeftBy("wan"));
        }

        long taken = with.Node.Workers.Sum(worker => worker.Counters.Express), all = with.Node.ReadAccounts().Received;
        output.WriteLine($"{taken} of {all} frames took the short way; {AccountsOf(with.Node)}");
        Assert.Equal(0, without.Node.Workers.Sum(worker => worker.Counters.Express));
        Assert.True(taken > all / 10, $"Only {taken} of {all} frames took the short way.");
    }

    private static void Wait(Box one, Box other, long nanoseconds)
    {
        foreach (Box box in (Box[])[one, other]) box.Wait(nanoseconds).Node.StepUntilIdle(box.Now);
    }

    private static void Apply(Box one, Box other, string configuration)
    {
        foreach (Box box in (Box[])[one, other])
        {
            box.Node.Apply(Box.ModelOf(configuration));
            box.Node.StepUntilIdle(box.Now);
        }
    }

    private static void Move(Box one, Box other, Random random, int vcpus)
    {
        ushort[] owners = [.. one.Node.Steering.Table.Owners.Select(_ => (ushort)random.Next(vcpus))];
        foreach (Box box in (Box[])[one, other])
        {
            box.Node.TryMoveBuckets(new IndirectionTable([.. owners]));
            box.Node.StepUntilIdle(box.Now);
        }
    }

    /// <summary>What left, by port and flow, in order.</summary>
    private static SortedDictionary<string, string> Flows(Seen seen)
    {
        var flows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string port, byte[] frame) in seen.Left)
        {
            string flow = IsFragment(frame) ? $"{port} fragment {Convert.ToHexString(frame.AsSpan(26, 8))}" : $"{port} {Ends.Of(frame)}";
            flows[flow] = flows.GetValueOrDefault(flow) + "\n" + Convert.ToHexString(frame);
        }

        return flows;
    }

    private static bool IsFragment(byte[] frame) => frame[12] == 8 && ((frame[20] & 0x3f) | frame[21]) != 0;

    private static string Difference(SortedDictionary<string, string> one, SortedDictionary<string, string> other) => string.Concat(
        one.Keys.Union(other.Keys).Where(flow => one.GetValueOrDefault(flow) != other.GetValueOrDefault(flow)).Select(flow =>
            $"\n{flow}: with{one.GetValueOrDefault(flow)}\nwithout{other.GetValueOrDefault(flow)}"));

    private static string AccountsOf(ApplianceNode node)
    {
        NodeAccounts accounts = node.ReadAccounts();
        string drops = string.Join(", ", accounts.Drops.Where(drop => drop.Value > 0).OrderBy(drop => drop.Key, StringComparer.Ordinal));
        return $"in {accounts.Received}, out {accounts.Transmitted}, made {accounts.Generated}, states {accounts.StatesCreated} "
            + $"- {accounts.StatesEnded}, drops {drops}";
    }

    /// <summary>
    /// Each state with its counters and what is left of its life, and each rule with its own. In which order the states of different
    /// connections were made, which their numbers tell, is nobody's business.
    /// </summary>
    private static string[] StatesAndRulesOf(Box box)
    {
        StateReading reading = box.Node.ReadStates();
        while (!reading.IsDone) box.Node.StepUntilIdle(box.Now);
        return
        [
            .. reading.States.Select(state => (state with { Id = 0 }).ToString()).Order(StringComparer.Ordinal),
            .. box.Node.ReadRules().Select(rule => rule.ToString()),
        ];
    }

    /// <summary>One client within or without, one server, and what they say, right and wrong.</summary>
    private sealed class Talk
    {
        private readonly bool _isTcp, _fromLan;
        private readonly string _client;
        private readonly ushort _clientPort, _serverPort;
        private string _seenAs;
        private ushort _seenPort;
        private uint _clientSequence = 1000, _serverSequence = 5000;

        public Talk(Random random, int number)
        {
            (_isTcp, _fromLan) = (random.Next(3) > 0, random.Next(4) > 0);
            _client = _fromLan ? $"192.168.1.{random.Next(2, 255)}" : $"198.51.100.{random.Next(2, 255)}";
            _clientPort = (ushort)(10_000 + number);
            _serverPort = (ushort)(_fromLan ? random.Next(80, 83) : 8000 + number);
            (_seenAs, _seenPort) = (_client, _clientPort);
        }

        private string Server => _fromLan ? Boxes.Outside : "203.0.113.2";

        /// <summary>The source by which the server knows the client.</summary>
        public void Learn(byte[][] left)
        {
            if (!_fromLan) return;
            foreach (byte[] frame in left)
            {
                // Clients have ports of their own, and their frames say which they are from in the IPv4 identification.
                int from = (frame[18] << 8) | frame[19];
                if (from != _clientPort || frame[23] != (_isTcp ? 6 : 17) || IsFragment(frame)) continue;
                (_seenAs, _seenPort) = (Ends.Of(frame).Source, (ushort)Ends.Of(frame).SourcePort);
            }
        }

        public (string Port, byte[] Frame) Next(Random random)
        {
            bool fromClient = random.Next(2) == 0;
            byte[] frame = _isTcp ? Segment(random, fromClient) : Datagram(random, fromClient);
            if (fromClient) frame = TestFrames.WithIpv4(frame, 4, (byte)(_clientPort >> 8), (byte)_clientPort);
            if (random.Next(40) == 0) frame = TestFrames.WithIpv4(frame, 8, 1);                  // hop limit
            if (random.Next(10) == 0) frame = TestFrames.WithIpv4(frame, 6, 0x40, 0);            // DF
            return (fromClient == _fromLan ? "lan" : "wan", frame);
        }

        private byte[] Datagram(Random random, bool fromClient) =>
            Ip(fromClient, TestTransport.Udp(
                SourcePort(fromClient), DestinationPort(fromClient), random.Next(3) == 0 ? random.Next(1460) : 8));

        private byte[] Segment(Random random, bool fromClient)
        {
            ref uint own = ref _clientSequence, peer = ref _serverSequence;
            if (!fromClient)
            {
                own = ref _serverSequence;
                peer = ref _clientSequence;
            }

            int kind = random.Next(60);
            int payload = random.Next(2) == 0 ? 0 : random.Next(1, 1400);
            TcpFlags flags = kind switch
            {
                0 => TcpFlags.Rst,
                1 or 2 => TcpFlags.Fin | TcpFlags.Ack,
                < 12 => fromClient ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack,
                12 => (TcpFlags)random.Next(256),
                _ => TcpFlags.Ack | (TcpFlags)(random.Next(2) * 8),
            };
            if ((flags & TcpFlags.Syn) != 0) payload = 0;
            uint sequence = random.Next(30) == 0 ? (uint)random.Next() : own;
            byte[] frame = Ip(fromClient, TestTransport.Tcp(
                new TcpFields
                {
                    SourcePort = SourcePort(fromClient), DestinationPort = DestinationPort(fromClient), SequenceNumber = sequence,
                    AcknowledgmentNumber = peer, Flags = flags, Window = (ushort)random.Next(2000, 65_536),
                },
                TestTransport.Pattern(payload)));
            if (sequence == own) own += (uint)payload + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
            return frame;
        }

        private byte[] Ip(bool fromClient, TestTransport transport) => fromClient
            ? TestFrames.Ipv4(_client, Server, transport)
            : _fromLan ? TestFrames.Ipv4(Server, _seenAs, transport) : TestFrames.Ipv4("192.168.1.80", _client, transport);

        private ushort SourcePort(bool fromClient) => fromClient ? _clientPort : _fromLan ? _serverPort : (ushort)9000;

        private ushort DestinationPort(bool fromClient) => fromClient ? _serverPort : _fromLan ? _seenPort : _clientPort;
    }
}
