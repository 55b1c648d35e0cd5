using System.Text;
using Appliance.FirstBoot;
using Xunit;

namespace Appliance.Tests.FirstBoot;

/// <summary>What user data may say, and what is refused; nothing of it is ever executed.</summary>
public sealed class UserDataTests
{
    private const string Main = "/etc/appliance/appliance.yaml";

    [Fact]
    public void Text_that_is_no_cloud_config_is_the_configuration()
    {
        SeedContents contents = Read("ports:\n  lan: {backend: pcap}\n");
        Assert.Empty(contents.Faults);
        SeedFile only = Assert.Single(contents.Files);
        Assert.Equal(("appliance.yaml", "ports:\n  lan: {backend: pcap}\n"), (only.Name, Encoding.UTF8.GetString(only.Contents)));
    }

    [Fact]
    public void Cloud_config_brings_files_and_a_password()
    {
        SeedContents contents = Read("""
            #cloud-config
            password: secret
            write_files:
              - path: /etc/appliance/keys/sync.key
                encoding: b64
                content: aGVsbG8K
                permissions: '0777'
              - path: /etc/appliance/appliance.yaml
                content: |
                  name: a

            """);
        Assert.Empty(contents.Faults);
        Assert.Empty(contents.Notes);
        Assert.Equal("secret", contents.Password);
        Assert.Equal(["keys/sync.key=hello\n", "appliance.yaml=name: a\n"], contents.Files.Select(TextOf));
    }

    [Fact]
    public void What_cloud_config_would_run_is_noted_and_not_done()
    {
        SeedContents contents = Read("""
            #cloud-config
            runcmd: [[sh, -c, "touch /tmp/run"]]
            bootcmd: [reboot]
            write_files: [{path: /etc/appliance/appliance.yaml, content: "name: a"}]
            """);
        Assert.Empty(contents.Faults);
        Assert.Equal(2, contents.Notes.Length);
        Assert.StartsWith("user-data:2:1: runcmd: not done", contents.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/appliance")]
    [InlineData("/etc/appliance/")]
    [InlineData("/etc/appliance/../passwd")]
    [InlineData("/etc/appliance/a/../../passwd")]
    [InlineData("/etc/appliance//etc/passwd")]
    [InlineData("/etc/appliancex/a")]
    [InlineData("appliance.yaml")]
    public void A_file_that_does_not_stand_beneath_the_configurations_folder_is_refused(string path)
    {
        SeedContents contents = Read($$"""
            #cloud-config
            write_files:
              - {path: /etc/appliance/appliance.yaml, content: "name: a"}
              - {path: "{{path}}", content: x}
            """);
        string fault = Assert.Single(contents.Faults);
        Assert.StartsWith("user-data:4:", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a")]
    [InlineData("a/b/c", "a/b")]
    [InlineData("a", "a-b", "a/b")]
    public void A_file_of_which_another_is_the_folder_is_refused(params string[] names)
    {
        string files = string.Concat(names.Select(name => $"  - {{path: /etc/appliance/{name}, content: x}}\n"));
        SeedContents contents = Read($"#cloud-config\nwrite_files:\n  - {{path: {Main}, content: x}}\n{files}");
        Assert.Contains("folder", Assert.Single(contents.Faults), StringComparison.Ordinal);
    }

    /// <summary>The first two are the appliance's own notes, the last how a file is called that is being written.</summary>
    [Theory]
    [InlineData("seed.instance")]
    [InlineData("console.password")]
    [InlineData("keys/a.half-written")]
    public void A_name_that_the_appliance_uses_itself_is_refused(string name)
    {
        SeedContents contents = Read(
            $"#cloud-config\nwrite_files: [{{path: {Main}, content: x}}, {{path: /etc/appliance/{name}, content: x}}]\n");
        Assert.Contains("the appliance's own", Assert.Single(contents.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!/bin/sh\nreboot\n", "script")]
    [InlineData("Content-Type: multipart/mixed; boundary=x\n", "MIME")]
    [InlineData("\u0001\0\0", "no text")]
    [InlineData("#cloud-config\npassword: a\n", "write_files has no /etc/appliance/appliance.yaml")]
    [InlineData("#cloud-config\nwrite_files: 3\n", "expected a list of files")]
    [InlineData("#cloud-config\nwrite_files: [{path: /etc/appliance/appliance.yaml}]\n", "a path and a content")]
    [InlineData("#cloud-config\nwrite_files: [{path: /etc/appliance/appliance.yaml, content: '%', encoding: b64}]\n", "not base64")]
    [InlineData("#cloud-config\nwrite_files: [{path: /etc/appliance/appliance.yaml, content: '', encoding: gz}]\n", "encoding gz")]
    [InlineData("#cloud-config\n[", "user-data:")]
    [InlineData("#cloud-config\n", "user-data")]
    public void What_cannot_be_meant_is_refused_with_the_reason(string userData, string reason)
    {
        SeedContents contents = Read(userData);
        Assert.Contains(contents.Faults, fault => fault.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Compressed_user_data_is_refused() => Assert.Contains(
        "compressed", Assert.Single(UserData.Read([0x1f, 0x8b, 8, 0], Main).Faults), StringComparison.Ordinal);

    [Fact]
    public void Bytes_of_any_kind_are_data_and_never_an_exception()
    {
        byte[] good = Encoding.UTF8.GetBytes(
            "#cloud-config\npassword: x\nwrite_files:\n  - path: /etc/appliance/appliance.yaml\n    content: |\n      name: a\n");
        for (int at = 0; at < good.Length; at++)
        {
            foreach (byte other in (byte[])[0, (byte)'\n', (byte)'{', (byte)'"', (byte)'-', 0xff])
            {
                byte[] changed = [.. good];
                changed[at] = other;
                SeedContents contents = UserData.Read(changed, Main);
                Assert.True(contents.Faults.Length > 0 || contents.Files.Any(file => file.Name == "appliance.yaml"));
                Assert.All(contents.Files, file => Assert.DoesNotContain("..", file.Name, StringComparison.Ordinal));
            }
        }
    }

    private static SeedContents Read(string userData) => UserData.Read(Encoding.UTF8.GetBytes(userData), Main);

    private static string TextOf(SeedFile file) => $"{file.Name}={Encoding.UTF8.GetString(file.Contents)}";
}
