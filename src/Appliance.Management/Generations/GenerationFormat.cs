using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Appliance.Management;

/// <summary>
/// A generation as bytes: on disk, and on its way to a running appliance. It is whole or it is none: the last line is the digest of all
/// that
/// stands before it.
/// <code>
///     appliance generation 1
///     {"number":7, … "files":[{"name":"edge.yaml","bytes":1201},{"name":"edge.pf.conf","bytes":3310}]}
///     (the files, one behind another)
///     sha256 (64 hexadecimal digits)
/// </code>
/// </summary>
internal static class GenerationFormat
{
    private const string Magic = "appliance generation 1\n";
    private const string Trailer = "\nsha256 ";
    private const int TrailerLength = 8 + 64 + 1;

    /// <summary>Bytes of the second line, at most: a thousand names and an origin fit.</summary>
    private const int MaximumHeader = 8 << 20;

    /// <summary>Bytes of a whole generation, at most.</summary>
    public const int MaximumBytes = ConfigurationBundle.MaximumBytes + MaximumHeader;

    public static byte[] Write(Generation generation)
    {
        ConfigurationBundle bundle = generation.Bundle;
        var header = new GenerationHeader
        {
            Number = generation.Number,
            Time = generation.Time,
            Origin = generation.Origin,
            SeenDigest = generation.SeenDigest,
            Pending = generation.Pending,
            Path = bundle.Path,
            Files =
            [
                new GenerationHeader.FileLength(Path.GetFileName(bundle.Path), bundle.Main.Length),
                .. bundle.Files.Select(file => new GenerationHeader.FileLength(file.Key, file.Value.Length)),
            ],
        };
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes(Magic));
        bytes.Write(JsonSerializer.SerializeToUtf8Bytes(header, GenerationJson.OneLine.GenerationHeader));
        bytes.WriteByte((byte)'\n');
        bytes.Write(bundle.Main);
        foreach ((string _, byte[] contents) in bundle.Files) bytes.Write(contents);
        byte[] digest = SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        bytes.Write(Encoding.UTF8.GetBytes($"{Trailer}{Convert.ToHexStringLower(digest)}\n"));
        return bytes.ToArray();
    }

    /// <summary>False, and why: it is not a whole generation.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Generation generation, out string reason)
    {
        generation = null!;
        reason = "it is not a generation of a configuration";
        ReadOnlySpan<byte> magic = Encoding.UTF8.GetBytes(Magic);
        if (bytes.Length > MaximumBytes || bytes.Length < magic.Length + TrailerLength || !bytes.StartsWith(magic)) return false;
        reason = "it is damaged";
        ReadOnlySpan<byte> body = bytes[..^TrailerLength];
        string trailer = $"{Trailer}{Convert.ToHexStringLower(SHA256.HashData(body))}\n";
        if (!bytes[^TrailerLength..].SequenceEqual(Encoding.UTF8.GetBytes(trailer))) return false;
        body = body[magic.Length..];
        int line = body.IndexOf((byte)'\n');
        if (line is < 0 or > MaximumHeader) return false;
        return TryReadHeader(body[..line], out GenerationHeader? header) && TryReadFiles(header!, body[(line + 1)..], out generation);
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> line, out GenerationHeader? header)
    {
        try
        {
            header = JsonSerializer.Deserialize(line, GenerationJson.OneLine.GenerationHeader);
        }
        catch (JsonException)
        {
            header = null;
        }

        return header is { Files: { Length: > 0 and <= ConfigurationBundle.MaximumFiles + 1 } files, Path: not null }
            && Path.IsPathFullyQualified(header.Path)
            && files.All(file => file is { Name: not null, Bytes: >= 0 });
    }

    private static bool TryReadFiles(GenerationHeader header, ReadOnlySpan<byte> contents, out Generation generation)
    {
        generation = null!;
        var files = ImmutableSortedDictionary.CreateBuilder<string, byte[]>(StringComparer.Ordinal);
        byte[]? main = null;
        foreach (GenerationHeader.FileLength file in header.Files)
        {
            if (file.Bytes > contents.Length) return false;
            byte[] taken = contents[..file.Bytes].ToArray();
            contents = contents[file.Bytes..];
            if (main is null) main = taken;
            else files[file.Name] = taken;
        }

        if (!contents.IsEmpty) return false;
        generation = new Generation
        {
            Number = header.Number,
            Time = header.Time,
            Origin = header.Origin ?? "",
            SeenDigest = header.SeenDigest ?? "",
            Pending = header.Pending,
            Bundle = new ConfigurationBundle(header.Path, main!, files.ToImmutable()),
        };
        return true;
    }
}
