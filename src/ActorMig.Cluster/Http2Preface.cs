using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace ActorMig.Cluster;

/// <summary>How a connection of HTTP/2 begins (RFC 9113, 3.4).</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>With what else a connection begins; null if it begins so, or ends before that is known. What was looked at can be read again.</summary>
    /// <param name="input">What comes.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async ValueTask<string?> WhatElseAsync(PipeReader input, CancellationToken cancellation)
    {
        // What was looked at once stays looked at: a pipe refuses to go back.
        var examined = 0L;
        while (true)
        {
            var read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = read.Buffer;
            var isSo = Begins(buffer);
            if (isSo && buffer.Length < Preface.Length && !read.IsCompleted && !read.IsCanceled)
            {
                examined = buffer.Length;
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var other = isSo ? null : Encoding.Latin1.GetString(buffer.Slice(0, Math.Min(buffer.Length, Preface.Length)));

            // Something is left that was not looked at, so that who reads next gets it at once.
            input.AdvanceTo(buffer.Start, buffer.GetPosition(examined));
            return other;
        }
    }

    private static bool Begins(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> begin = stackalloc byte[Preface.Length];
        begin = begin[..(int)Math.Min(buffer.Length, Preface.Length)];
        buffer.Slice(0, begin.Length).CopyTo(begin);
        return Preface.StartsWith(begin);
    }
}
