using System.Security.Cryptography;

namespace Appliance.Failover;

/// <summary>One life of a sender: its key, and per path what was heard of it.</summary>
internal sealed class LaneSession : IDisposable
{
    private readonly AesGcm _cipher;
    private readonly CounterWindow[] _windows;                        // by the sender's numbers
    private readonly SequenceWindow[] _syncWindows;
    private readonly byte[] _encrypted;
    private readonly int[] _numbers = [.. Enumerable.Range(0, LaneSettings.MaxPaths)];

    /// <param name="key">Shared by the pair.</param>
    /// <param name="id">Of this life.</param>
    /// <param name="room">As long as the longest message; of the lane, for all its sessions.</param>
    public LaneSession(LaneKey key, UInt128 id, byte[] room)
    {
        (Id, _encrypted) = (id, room);
        Span<byte> derived = stackalloc byte[LaneKey.Length];
        key.DeriveSessionKey(id, derived);
        _cipher = new AesGcm(derived, LaneMessage.TagLength);
        CryptographicOperations.ZeroMemory(derived);
        _windows = new CounterWindow[LaneSettings.MaxPaths];
        _syncWindows = new SequenceWindow[LaneSettings.MaxPaths];
        for (int path = 0; path < LaneSettings.MaxPaths; path++)
        {
            _windows[path] = new CounterWindow();
            _windows[path].Announce(first: 1);
            _syncWindows[path] = new SequenceWindow();
        }
    }

    public UInt128 Id { get; }

    /// <summary>It knows a <see cref="LaneNote"/>.</summary>
    public bool KnowsNotes { get; set; }

    /// <summary>Whether it believes that it wins ties (<see cref="LaneNote"/>); null: it has not said.</summary>
    public bool? ClaimsTies { get; set; }

    /// <summary>Of the newest message whose claims were taken.</summary>
    public ulong Newest { get; set; }

    /// <summary>The sender's number of a path, as last heard there; until then the one that it has here.</summary>
    public int NumberOf(int path) => _numbers[path];

    public void Number(int path, int number) => _numbers[path] = number;

    public void Dispose() => _cipher.Dispose();

    /// <summary>Encrypts a body in its place behind the head and adds the tag.</summary>
    public void Seal(Span<byte> message, int bodyLength)
    {
        Span<byte> nonce = stackalloc byte[LaneMessage.NonceLength];
        LaneMessage.WriteNonce(nonce, message);
        Span<byte> body = message.Slice(LaneMessage.HeadLength, bodyLength);
        Span<byte> tag = message.Slice(LaneMessage.HeadLength + bodyLength, LaneMessage.TagLength);
        _cipher.Encrypt(nonce, body, body, tag, message[..LaneMessage.HeadLength]);
    }

    /// <summary>Decrypts the body to <paramref name="body"/>; false when one bit of the message is not as it was sent.</summary>
    /// <remarks>
    /// The library's decryption throws at a wrong tag, and a flood of those would be a flood of exceptions. So both halves are done by
    /// encrypting: the key stream undoes itself, and what comes out, encrypted again, must have the tag that came. Until it has, nobody
    /// reads the body.
    /// </remarks>
    public bool TryOpen(ReadOnlySpan<byte> message, Span<byte> body)
    {
        Span<byte> nonce = stackalloc byte[LaneMessage.NonceLength];
        LaneMessage.WriteNonce(nonce, message);
        ReadOnlySpan<byte> head = message[..LaneMessage.HeadLength];
        Span<byte> tag = stackalloc byte[LaneMessage.TagLength];
        _cipher.Encrypt(nonce, message[LaneMessage.HeadLength..^LaneMessage.TagLength], body, tag, head);
        _cipher.Encrypt(nonce, body, _encrypted.AsSpan(0, body.Length), tag, head);
        return CryptographicOperations.FixedTimeEquals(tag, message[^LaneMessage.TagLength..]);
    }

    /// <summary>Once for each sequence number and path. Asked only of what was authentic.</summary>
    public bool TryAccept(int path, ulong sequence) => _windows[path].TryAccept(sequence);

    /// <summary>The same for messages of sync, which have a sequence of their own.</summary>
    public bool TryAcceptSync(int path, ulong sequence) => _syncWindows[path].TryAccept(sequence);
}
