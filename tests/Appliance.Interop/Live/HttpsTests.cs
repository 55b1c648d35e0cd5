using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>The REST API over https, asked by curl.</summary>
public sealed class HttpsTests
{
    private const string Token = "correct-horse-battery-staple", Address = "https://127.0.0.1:8443/v1/";
    private const string Made = "made a certificate for 127.0.0.1: ";

    [Fact]
    public void Who_knows_the_token_does_what_the_socket_can_and_nobody_else_does_anything()
    {
        using LiveNetwork network = NetworkWith(Token);
        Background appliance = network.Run(LiveNetwork.Ports);
        string certificate = CertificateOf(appliance);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(Path.GetDirectoryName(certificate)!, "key.pem")));
        Assert.Contains("\"name\": \"wan\"", Curl(network, certificate, Token, "show/ports").Output, StringComparison.Ordinal);
        Assert.Equal("401", StatusOf(network, certificate, null, "show/ports"));
        Assert.Equal("401", StatusOf(network, certificate, Token + "r", "show/ports"));
        Assert.Equal("401", StatusOf(network, certificate, Token[..^1], "show/nothing"));
        Assert.Equal("404", StatusOf(network, certificate, Token, "show/nothing"));
        Assert.Equal(60, network.Box.Run("curl", "-sS", Address + "show/ports").ExitCode);             // nobody vouches for it
        string killed = Curl(network, certificate, Token, "states/kill?all=true", "-X", "POST").Output;
        Assert.Contains("\"killed\": 0", killed, StringComparison.Ordinal);
        appliance.AwaitLine("https: 127.0.0.1: POST /v1/states/kill?all=true: 200");
        appliance.AwaitLine("https: 127.0.0.1 has a wrong token");
        Assert.DoesNotContain(appliance.Errors, line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public void Who_is_wrong_too_often_is_not_listened_to_for_a_while()
    {
        using LiveNetwork network = NetworkWith(Token);
        string certificate = CertificateOf(network.Run(LiveNetwork.Ports));
        string[] wrong = [.. Enumerable.Range(0, 10).SelectMany(_ => new[] { "-o", "/dev/null", Address + "show/ports" })];
        network.Box.Run("curl", ["-sS", "--cacert", certificate, .. wrong]);
        string status = StatusOf(network, certificate, "guess", "show/ports");
        for (int i = 0; i < 20 && status == "401"; i++) status = StatusOf(network, certificate, "guess", "show/ports");
        Assert.Equal("429", status);
        Eventually.Is(() => StatusOf(network, certificate, Token, "show/ports") == "200");
    }

    [Fact]
    public void Old_versions_of_tls_are_refused()
    {
        using LiveNetwork network = NetworkWith(Token);
        string certificate = CertificateOf(network.Run(LiveNetwork.Ports));
        string[] weak = ["--ciphers", "DEFAULT@SECLEVEL=0"];                                            // the client would not either
        Assert.Equal(0, Curl(network, certificate, Token, "show/ports", [.. weak, "--tls-max", "1.2"]).ExitCode);
        Assert.Equal(35, Curl(network, certificate, Token, "show/ports", [.. weak, "--tlsv1.0", "--tls-max", "1.1"]).ExitCode);
    }

    [Fact]
    public void Clients_that_say_nothing_do_not_keep_others_waiting()
    {
        using LiveNetwork network = NetworkWith(Token);
        string certificate = CertificateOf(network.Run(LiveNetwork.Ports));
        const string Open = "for i in $(seq 100); do exec {fd}<>/dev/tcp/127.0.0.1/8443; done; echo open; sleep 60";
        using Background silent = network.Box.Start("bash", "-c", Open);
        silent.AwaitLine("open");
        Assert.Equal("200", StatusOf(network, certificate, Token, "show/ports"));
    }

    [Fact]
    public void A_reload_changes_token_and_listener_while_frames_flow_and_refuses_a_token_that_others_can_read()
    {
        using LiveNetwork network = NetworkWith(Token);
        Background appliance = network.Run(LiveNetwork.Ports);
        string certificate = CertificateOf(appliance);
        using Background pinging = network.Lan.Start("ping", "-q", "-n", "-i", "0.01", "-c", "300", "10.2.0.2");
        Write(network, "another-token");
        Reload(network, appliance, 1);
        Assert.Equal("401", StatusOf(network, certificate, Token, "show/ports"));
        Assert.Equal("200", StatusOf(network, certificate, "another-token", "show/ports"));
        network.Management = network.Management.Replace("8443", "8444", StringComparison.Ordinal);
        Reload(network, appliance, 2);
        appliance.AwaitLine("https: at 127.0.0.1:8444");
        ProcessRun moved = network.Box.Run(
            "curl", "-sS", "--cacert", certificate, "-H", "Authorization: Bearer another-token", "https://127.0.0.1:8444/v1/show/vcpus");
        Assert.True(moved.ExitCode == 0, moved.ToString());
        Eventually.Is(() => Curl(network, certificate, "another-token", "show/ports").ExitCode == 7);   // nobody is there any more
        File.SetUnixFileMode(network.Folder["api.token"], (UnixFileMode)0b110_100_100);
        appliance.Signal("HUP");
        appliance.AwaitLine("others than its owner may read or write it");
        ApplianceProgram.Fail(2, "run", "--config", network.ConfigurationFile);
        Assert.Single(appliance.Errors, line => line.Contains(Made, StringComparison.Ordinal));
        pinging.AwaitEnd();
        Assert.Contains(pinging.Output, line => line.Contains("300 received, 0% packet loss", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reload_moves_the_listener_to_addresses_that_overlap_and_takes_none_that_is_anothers()
    {
        using LiveNetwork network = NetworkWith(Token);
        Background appliance = network.Run(LiveNetwork.Ports);
        CertificateOf(appliance);
        string here = network.Management;
        int reloads = 0;
        foreach (string listen in (string[])["0.0.0.0:8443", "[::]:8443", "127.0.0.1:8443"])
        {
            network.Management = here.Replace("127.0.0.1:8443", listen, StringComparison.Ordinal);
            Reload(network, appliance, ++reloads);
            appliance.AwaitLines(listen == "127.0.0.1:8443" ? 2 : 1, $"https: at {listen}");
            Eventually.Is(() => Answers("10.1.0.1") == (listen != "127.0.0.1:8443"));
            Assert.True(Answers("127.0.0.1"), $"{appliance}");
        }

        using Background other = network.Box.Start(Peer.Python, "-u", "-m", "http.server", "8443", "--bind", "10.2.0.1");
        other.AwaitLine("Serving");
        network.Management = here.Replace("127.0.0.1:8443", "0.0.0.0:8443", StringComparison.Ordinal);
        network.Write(LiveNetwork.Ports);
        int made = CertificatesMade();
        appliance.Signal("HUP");
        appliance.AwaitLine("management.https: 0.0.0.0:8443: Address already in use");
        Assert.Equal(made, CertificatesMade());                         // what is refused changes nothing
        Assert.True(Answers("127.0.0.1"), $"{appliance}");

        int CertificatesMade() => $"{appliance}".Split("https: made a certificate").Length;

        bool Answers(string address) => network.Box.Run(
            "curl", "-ksS", "--max-time", "10", "-o", "/dev/null", "-H", $"Authorization: Bearer {Token}",
            $"https://{address}:8443/v1/show/ports").ExitCode == 0;
    }

    [Theory]
    [InlineData("0.0.0.0:8443", "10.1.0.1", "127.0.0.1")]
    [InlineData("[::]:8443", "[fd01::1]", "10.1.0.1")]                  // all of both families
    public void The_operators_chain_is_sent_at_every_address_and_who_knows_its_root_alone_believes_it(
        string listen, string address, string other)
    {
        using var network = new LiveNetwork
        {
            Management = $"socket: live.sock, https: {{listen: '{listen}', token-file: api.token, "
                + "certificate-file: chain.pem, key-file: chain.key}",
        };
        Write(network, Token);
        using var chain = new CertificateChain("10.1.0.1", "fd01::1", "127.0.0.1");
        string root = network.Folder.Write("root.pem", chain.Root);
        network.Folder.Write("chain.pem", chain.Server + chain.Between);
        File.SetUnixFileMode(network.Folder.Write("chain.key", chain.ServerKey), (UnixFileMode)0b110_000_000);
        Background appliance = network.Run(LiveNetwork.Ports);
        appliance.AwaitLine("https: at ");
        foreach (string at in (string[])[address, other])
        {
            Host asker = at == "127.0.0.1" ? network.Box : network.Lan;
            string ports = asker.Succeed(
                "curl", "-gsS", "--max-time", "20", "--cacert", root, "-H", $"Authorization: Bearer {Token}",
                $"https://{at}:8443/v1/show/ports");
            Assert.Contains("\"name\": \"wan\"", ports, StringComparison.Ordinal);
        }

        string told = network.Lan.Succeed(
            "sh", "-c", $"openssl s_client -connect {address}:8443 -CAfile {root} -verify_return_error -showcerts < /dev/null");
        Assert.Equal(2, told.Split("BEGIN CERTIFICATE").Length - 1);
        Assert.Contains("Verify return code: 0", told, StringComparison.Ordinal);

        network.Folder.Write("chain.pem", chain.Server);                // without what is between
        Reload(network, appliance, 1);
        Assert.Equal(60, network.Lan.Run("curl", "-gsS", "--max-time", "20", "--cacert", root, $"https://{address}:8443/").ExitCode);
    }

    private static LiveNetwork NetworkWith(string token)
    {
        var network = new LiveNetwork { Management = "socket: live.sock, https: {listen: '127.0.0.1:8443', token-file: api.token}" };
        Write(network, token);
        return network;
    }

    private static void Write(LiveNetwork network, string token)
    {
        string file = network.Folder.Write("api.token", token + "\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_000_000);
    }

    private static void Reload(LiveNetwork network, Background appliance, int count)
    {
        network.Write(LiveNetwork.Ports);
        appliance.Signal("HUP");
        appliance.AwaitLines(count, "reloaded");
    }

    private static string CertificateOf(Background appliance)
    {
        appliance.AwaitLine(Made);
        return appliance.Errors.First(line => line.Contains(Made, StringComparison.Ordinal)).Split(Made)[1];
    }

    private static string StatusOf(LiveNetwork network, string certificate, string? token, string path) =>
        Curl(network, certificate, token, path, "-o", "/dev/null", "-w", "%{http_code}").Output.Trim();

    private static ProcessRun Curl(LiveNetwork network, string certificate, string? token, string path, params string[] more)
    {
        string[] known = token is null ? [] : ["-H", $"Authorization: Bearer {token}"];
        return network.Box.Run("curl", ["-sS", "--max-time", "10", "--cacert", certificate, .. known, .. more, Address + path]);
    }
}
