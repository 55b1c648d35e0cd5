using System.Buffers.Binary;
using System.Text;
using Appliance.Benchmarks.Harness;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Testing;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// What a frame of an established connection costs on the whole path of a gateway that translates: with 10^6 states beside 10^3, and with
/// 10,000 rules beside 10. Frames are of random connections and of random rules, as bad as it gets, and are written anew for each batch,
/// as a network card would, outside of the time.
/// </summary>
internal sealed class EstablishedRows : IBenchmarkRows
{
    private const int Batch = FrameBatch.DefaultCapacity;

    private readonly List<Gateway> _gateways = [];

    public string Subject => "established";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        // Each connection has a state in and one out. Ours is to be at most 1.5 times, and twice, as slow as the "peer" with less.
        yield return Compare("established, 10^6 states", Create("10^6 states", 500_000, 10), Create("10^3 states", 500, 10), 1 / 1.5);
        Free();
        yield return Compare("established, 10,000 rules", Create("10,000 rules", 50_000, 10_000), Create("10 rules", 50_000, 10), 1 / 2.0);
    }

    public void Dispose() => Free();

    private static Comparison Compare(string name, Gateway ours, Gateway less, double must) =>
        new(name, "frame", ours.ToContender(), [less.ToContender()], new Bar(less.Name, must, Math.Min(0.9, must * 1.2)));

    private Gateway Create(string name, int connections, int rules)
    {
        var gateway = new Gateway(name, connections, rules);
        _gateways.Add(gateway);
        return gateway;
    }

    private void Free()
    {
        foreach (Gateway gateway in _gateways) gateway.Dispose();
        _gateways.Clear();
    }

    private sealed class Gateway : ITransmitSink, IDisposable
    {
        private const string Router = """
            ports:
              lan: {backend: pcap, addresses: [10.0.0.1/8]}
              wan: {backend: pcap, addresses: [203.0.113.2/24]}
            routes:
              - {to: 0.0.0.0/0, via: 203.0.113.1}
            firewall: {ruleset: bench.pf.conf}

            """;

        private readonly ApplianceNode _node;
        private readonly MemoryInbox _inbox;
        private readonly byte[] _template;
        private readonly int _connections, _networks;
        private uint _next;
        private long _now, _sent;

        public Gateway(string name, int connections, int rules)
        {
            (Name, _connections, _networks) = (name, connections, rules - 5);
            ConfigurationResult loaded = ConfigurationLoader.LoadText(
                Router, "benchmark.yaml", new RulesetTexts().With("bench.pf.conf", RulesFor(_networks)));
            RuntimeModel model = loaded.Model ?? throw new InvalidOperationException($"the configuration is refused: {loaded.Errors[0]}");
            _node = new ApplianceNode(model, new NodeOptions { Workers = 1, TableMemory = MappedMemory.HugePages });
            _inbox = new MemoryInbox(Worker.Pool, Batch);
            foreach (PortModel port in model.Ports)
            {
                var id = new PortId((ushort)port.Index);
                var memory = new MemoryPort(id, port.Name, _node.Models.Ports[port.Index].Mac, port.MtuBytes, _ => _inbox, this);
                Worker.Attach(id, memory.OpenQueue(0, Worker.Pool));
            }

            if (!PacketText.TryParse("udp 10.0.0.0:0 > 198.0.0.0:53 len 18", out PacketText packet, out string error))
                throw new InvalidOperationException(error);
            _template = PacketBuilder.Build(packet, _node.Models.Ports[0].Mac);
            for (int round = 0; round < 2; round++)                     // the first of each, and one that finds the way
                for (int from = 0; from < connections; from += Batch) RunInOrder(from);
            if (_sent < 2L * connections) throw new AnswersDifferException($"{name}: {_sent} frames were forwarded of {2 * connections}");
        }

        public string Name { get; }

        private Worker Worker => _node.Workers[0];

        public Contender ToContender() => new(Name, Batch, Step) { Restore = Fill };

        public void OnTransmit(PortId port, Frame frame) => _sent++;

        public void Dispose() => _node.Dispose();

        /// <summary>A rule for each network of /24 that connections come from.</summary>
        private static string RulesFor(int networks)
        {
            var text = new StringBuilder("""
                set limit states 1100000
                nat on wan inet from 10.0.0.0/8 to any -> (wan)
                block all
                pass out on wan
                block in quick on wan from { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 }

                """);
            for (int i = 0; i < networks; i++) text.Append($"pass in on lan inet proto udp from 10.{i >> 8}.{i & 255}.0/24 to any\n");
            return text.ToString();
        }

        private void RunInOrder(int from)
        {
            for (int i = 0; i < Batch; i++) Write((uint)((from + i) % _connections));
            Step();
        }

        private void Step() => Worker.Step(new MonotonicTime(_now += 1000));

        private void Fill()
        {
            for (int i = 0; i < Batch; i++)
                Write((uint)(((_next++ * 0x9e37_79b9) * (ulong)_connections) >> 32));
        }

        private void Write(uint connection)
        {
            if (!_inbox.TryRent(_template.Length, out Frame frame)) throw new InvalidOperationException("the pool is empty");
            Span<byte> bytes = frame.Bytes;
            _template.CopyTo(bytes);
            Span<byte> ip = bytes[14..];
            uint network = connection % (uint)_networks, host = connection / (uint)_networks;
            uint source = 0x0a00_0000 + (network << 8) + 2 + (host % 250), destination = 0xc600_0000 + (connection * 0x2545_f491 >> 8);
            BinaryPrimitives.WriteUInt32BigEndian(ip[12..], source);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], HeaderChecksum(ip[..20]));
            BinaryPrimitives.WriteUInt16BigEndian(ip[20..], (ushort)(1024 + (host / 250)));
            BinaryPrimitives.WriteUInt16BigEndian(ip[26..], 0);         // no UDP checksum (RFC 768)
            _inbox.TryAdd(frame, new PortId(0));
        }

        private static ushort HeaderChecksum(ReadOnlySpan<byte> header)
        {
            uint sum = 0;
            for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
            sum = (sum >> 16) + (sum & 0xffff);
            return (ushort)~(sum + (sum >> 16));
        }
    }
}
