using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Firewall.Language;

namespace Appliance.Simulation;

/// <summary>
/// What an operator would write for the boxes of a pair, read as the program reads it. Models are immutable: one is made for each
/// profile and box.
/// </summary>
internal static class PairConfiguration
{
    public const int Lan = 0, Wan = 1, Sync = 2, Ports = 3;
    public const int LanVhid = 1, WanVhid = 2;
    public const string LanGateway = "10.1.0.254", WanGateway = "10.2.0.254";

    private const string Folder = "/pair", Key = "6b65792d6f662d74686520706169722c2074686520736165206f6e20626f7468";

    private static readonly ConcurrentDictionary<(PairProfile, int), RuntimeModel> s_models = new();

    /// <summary>What <c>key-file</c> holds.</summary>
    public static PairSecrets Secrets { get; } =
        PairSecrets.Known(ImmutableDictionary<string, SecretText>.Empty.Add(Folder + "/sync.key", new SecretText(Key)));

    /// <param name="box">0 is the better one.</param>
    public static RuntimeModel Of(PairProfile profile, int box) => s_models.GetOrAdd((profile, box), static asked =>
    {
        (PairProfile profile, int box) = asked;
        var rulesets = new OneRuleset();
        ConfigurationResult result = ConfigurationLoader.LoadText(TextOf(profile, box), Folder + "/box.yaml", rulesets);
        return result.Model ?? throw new InvalidOperationException(string.Join('\n', result.Errors));
    });

    /// <summary>The whole file.</summary>
    public static string TextOf(PairProfile profile, int box)
    {
        int self = 11 + box, peer = 12 - box;
        string Group(int vhid, string port, int network)
        {
            bool isWorse = box == 1 != (profile.SharesLoad && vhid == WanVhid);
            int skew = isWorse ? profile.WorseSkew : 0;
            IEnumerable<string> aliases = Enumerable.Range(1, profile.Aliases).Select(alias => $", 10.{network}.0.{200 + alias}/24");
            string v6 = profile.HasIpv6 ? $", \"fd0{network}::fe/64\"" : "";
            string unicast = profile.IsUnicast ? $", peer: 10.{network}.0.{peer}" : "";
            string unicast6 = profile is { IsUnicast: true, HasIpv6: true } ? $", peer6: \"fd0{network}::{peer}\"" : "";
            string mac = profile.UsesPortMac ? ", mac: port" : "";
            return $"    - {{vhid: {vhid}, port: {port}, addresses: [10.{network}.0.254/24{string.Concat(aliases)}{v6}], "
                + $"password: sesame, advskew: {skew}{unicast}{unicast6}{mac}}}";
        }

        string lane = profile.HasLane
            ? $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key, heartbeat-milliseconds: {profile.HeartbeatMilliseconds}, "
                + $"detect-milliseconds: {4 * profile.HeartbeatMilliseconds}}}\n"
            : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            name: {{(box == 0 ? "a" : "b")}}
            vcpus: {{(box == 1 ? profile.WorseWorkers : null) ?? profile.Workers}}
            ports:
              lan: {backend: pcap, addresses: [10.1.0.{{self}}/24, "fd01::{{self}}/64"]}
              wan: {backend: pcap, addresses: [10.2.0.{{self}}/24, "fd02::{{self}}/64"]}
              sync: {backend: pcap, addresses: [10.9.0.{{1 + box}}/24]}
            high-availability:
              preempt: {{(profile.Preempts ? "on" : "off")}}
              preempt-hold-down-seconds: {{profile.HoldDown}}
              carp:
            {{Group(LanVhid, "lan", 1)}}
            {{Group(WanVhid, "wan", 2)}}
            {{lane}}{{(profile.Translates ? "firewall: {ruleset: pair.pf.conf}\n" : "")}}
            """);
    }

    /// <summary>What an office has: out and back, from the shared address.</summary>
    private sealed class OneRuleset : IRulesetFiles
    {
        private const string Text = """
            set limit states 2000
            nat on wan inet from 10.1.0.0/24 to any -> 10.2.0.254
            block drop
            pass in on lan from 10.1.0.0/24
            pass out on wan

            """;

        public bool TryRead(string path, out string text, out string reason)
        {
            bool isThere = path.EndsWith("pair.pf.conf", StringComparison.Ordinal);
            (text, reason) = (isThere ? Text : "", isThere ? "" : "there is no such file");
            return isThere;
        }

        public string Resolve(string from, string name) => name;
    }
}
