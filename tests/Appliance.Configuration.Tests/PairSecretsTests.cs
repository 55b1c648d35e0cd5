using System.Collections.Immutable;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>The files that a pair's configuration names: one line each, for their owner only, and never told.</summary>
public sealed class PairSecretsTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pair-secrets");

    /// <summary>Of the configuration that names them, whichever may be in force.</summary>
    private string File => Path.Combine(_folder.FullName, "edge.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Password_and_key_are_what_the_one_line_of_their_files_says()
    {
        Write("lan.key", "sesame\n");
        Write("sync.key", new string('a', 64));
        PairSecrets? secrets = PairSecrets.Read(Model(), out ImmutableArray<ConfigurationError> errors);
        Assert.Empty(errors);
        CarpModel group = Model().HighAvailability!.Carp[0];
        Assert.Equal("sesame", secrets!.PasswordOf(group)?.Reveal());
        Assert.Equal("written", secrets.PasswordOf(Model().HighAvailability!.Carp[1])?.Reveal());
        Assert.Equal(new string('a', 64), secrets[Model().HighAvailability!.Sync!.KeyFile].Reveal());
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused_where_it_is_named()
    {
        Write("lan.key", "sesame", OwnerOnly | UnixFileMode.OtherRead);
        Write("sync.key", new string('a', 64), OwnerOnly | UnixFileMode.GroupRead);
        Assert.Null(PairSecrets.Read(Model(), out ImmutableArray<ConfigurationError> errors));
        Assert.Equal(
            [
                $"{File}:6:74: password-file: lan.key: others than its owner may read or write it; expected mode 600 (chmod 600)",
                $"{File}:8:50: key-file: sync.key: others than its owner may read or write it; expected mode 600 (chmod 600)",
            ],
            errors.Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("", "it is empty; expected one line")]
    [InlineData("\n", "it is empty; expected one line")]
    [InlineData("one\ntwo\n", "it has several lines; expected one line")]
    [InlineData("a password too long!", "the password has 20 bytes; expected at most 19")]
    public void What_is_no_password_is_refused(string text, string problem)
    {
        Write("lan.key", text);
        Write("sync.key", new string('0', 64));
        Assert.Null(PairSecrets.Read(Model(), out ImmutableArray<ConfigurationError> errors));
        Assert.Equal([$"{File}:6:74: password-file: lan.key: {problem}"], errors.Select(error => error.ToString()));
    }

    [Fact]
    public void What_is_no_key_or_is_not_there_is_refused_and_never_told()
    {
        Write("sync.key", "0123 not a key");
        Assert.Null(PairSecrets.Read(Model(), out ImmutableArray<ConfigurationError> errors));
        Assert.Equal(
            [
                $"{File}:6:74: password-file: lan.key: there is no such file",
                $"{File}:8:50: key-file: sync.key: it holds no key; expected 64 hexadecimal digits",
            ],
            errors.Select(error => error.ToString()));
    }

    /// <summary>Each use asks something else of it.</summary>
    [Fact]
    public void A_file_that_is_named_twice_is_judged_for_each()
    {
        Write("lan.key", "sesame");
        Assert.Null(PairSecrets.Read(Model(keyFile: "lan.key"), out ImmutableArray<ConfigurationError> errors));
        Assert.Equal(
            [$"{File}:8:50: key-file: lan.key: it holds no key; expected 64 hexadecimal digits"],
            errors.Select(error => error.ToString()));
        Write("lan.key", new string('a', 64));
        Assert.Null(PairSecrets.Read(Model(keyFile: "lan.key"), out errors));
        Assert.Equal(
            [$"{File}:6:74: password-file: lan.key: the password has 64 bytes; expected at most 19"],
            errors.Select(error => error.ToString()));
    }

    private RuntimeModel Model(string keyFile = "sync.key")
    {
        string text = Texts.TwoPorts + $$"""
            high-availability:
              carp:
                - {vhid: 1, port: lan, addresses: [192.168.1.254/24], password-file: lan.key}
                - {vhid: 2, port: wan, addresses: [203.0.113.10/24], password: written}
              sync: {port: lan, peer: 192.168.1.3, key-file: {{keyFile}}}
            """;
        ConfigurationResult result = ConfigurationLoader.LoadText(text, File);
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    private void Write(string name, string text, UnixFileMode mode = OwnerOnly)
    {
        string path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        System.IO.File.SetUnixFileMode(path, mode);
    }
}
