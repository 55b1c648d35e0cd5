namespace Appliance.Tidy;

public sealed class DocumentTests
{
    private static readonly KnownNames Known = KnownNames.Of(
        [
            new SourceFile("Makefile", "SEED ?= 1\nrun: build ## runs\nbuild:\n\techo $(SIZE)\n"),
            new SourceFile("src/Appliance.Wire/Udp/UdpView.cs", """
                namespace Appliance.Wire.Udp;
                public ref struct UdpView { public int Length; bool TryParse() => true; }
                """),
            new SourceFile("src/Appliance/Program.cs", "namespace Appliance; class Program { string[] a = [\"check\", \"--config\"]; }"),
            new SourceFile("tests/Appliance.Fuzz/Program.cs", "class P { string a = \"--frames\"; }"),
        ],
        new HashSet<string>(["Makefile", "src/Appliance.Wire/Udp/UdpView.cs", "configs/router.yaml"], StringComparer.Ordinal));

    [Fact]
    public void Documents_name_what_exists()
    {
        KnownNames known = KnownNames.Of(Repository.Files, Repository.Paths);
        SourceFile[] documents = [.. Repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))];
        Assert.Contains(documents, document => document.Path == "README.md");
        Assert.Contains(documents, document => document.Path == "ARCHITECTURE.md");
        Repository.HasNo(documents.SelectMany(document => DocumentRules.Check(document, known)));
    }

    [Theory]
    [InlineData("`UdpView`, `UdpView.Length`, `Appliance.Wire.Udp.UdpView`, `Appliance.Wire`, `UdpView.TryParse(bytes)`")]
    [InlineData("`configs/router.yaml`, `configs/`, `src/Appliance.Wire/`, `UdpView.cs`")]
    [InlineData("`out/demo/lan.pcap`, `DIR/PORT.pcap`, `10.0.0.0/8`, `../shared/pcaps`")]
    [InlineData("`make run`, `make run SEED=7`, `make -j2 build`, `appliance check --config FILE`, `--config`, `--frames`")]
    [InlineData("[the router](configs/router.yaml), [elsewhere](https://example.org/a.yaml)")]
    [InlineData("`block`, `SIGTERM`, `System.Random`, `RFC 768`")]
    [InlineData("```yaml\nconfig: `Nothing`\n```\n```\n`Nothing` in a drawing\n```")]
    [InlineData("```sh\nmake run\ngit clone x\nout/appliance check --config configs/router.yaml\n```")]
    public void What_exists_may_be_named(string text) => Repository.HasNo(DocumentRules.Check(new SourceFile("a.md", text), Known));

    [Theory]
    [InlineData("`TcpView`")]
    [InlineData("`UdpView.Checksum`")]
    [InlineData("`Appliance.Firewall`")]
    [InlineData("`TcpView.TryParse(bytes)`")]
    [InlineData("`IStageOf<TModel>`")]
    [InlineData("`configs/edge.yaml`")]
    [InlineData("`docs/`")]
    [InlineData("`TcpView.cs`")]
    [InlineData("`make image`")]
    [InlineData("`make run SPEED=7`")]
    [InlineData("`appliance show states`")]
    [InlineData("`appliance check --fast`")]
    [InlineData("`--fast`")]
    [InlineData("[the router](configs/edge.yaml)")]
    [InlineData("```sh\nout/appliance check --config configs/edge.yaml\n```")]
    [InlineData("```console\nmake image\n```")]
    public void What_does_not_exist_is_found(string text) => Assert.Single(DocumentRules.Check(new SourceFile("a.md", "\n" + text), Known));
}
