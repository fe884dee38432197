// The checksum of Amazon's event stream. Called by its framer; the framework has it in a package of its own only.
namespace Llm.Core

open System
open System.Buffers.Binary

/// CRC-32 (ISO 3309, the one of gzip), eight bytes at a time.
[<RequireQualifiedAccess>]
module internal Crc32 =
    let private polynomial = 0xEDB88320u

    let private next (value: uint32) = if value &&& 1u = 1u then (value >>> 1) ^^^ polynomial else value >>> 1

    /// Eight tables of 256 one after the other; table n is for a byte with n bytes behind it.
    let private tables: uint32[] =
        let all = Array.zeroCreate<uint32>(8 * 256)

        for index in 0..255 do
            all[index] <- Seq.fold (fun value _ -> next value) (uint32 index) (seq { 1..8 })

        for index in 256 .. all.Length - 1 do
            let before = all[index - 256]
            all[index] <- (before >>> 8) ^^^ all[int (before &&& 0xFFu)]

        all

    let inline private entry (table: int) (value: uint32) = tables[table * 256 + int (value &&& 0xFFu)]

    /// <summary>The checksum.</summary>
    /// <example><c>Crc32.ofBytes (ReadOnlySpan "123456789"B)</c> evaluates to <c>0xCBF43926u</c>.</example>
    let ofBytes (bytes: ReadOnlySpan<byte>) : uint32 =
        let mutable sum = 0xFFFFFFFFu
        let mutable rest = bytes

        while rest.Length >= 8 do
            let low = sum ^^^ BinaryPrimitives.ReadUInt32LittleEndian rest
            let high = BinaryPrimitives.ReadUInt32LittleEndian(rest.Slice 4)

            sum <-
                entry 7 low
                ^^^ entry 6 (low >>> 8)
                ^^^ entry 5 (low >>> 16)
                ^^^ entry 4 (low >>> 24)
                ^^^ entry 3 high
                ^^^ entry 2 (high >>> 8)
                ^^^ entry 1 (high >>> 16)
                ^^^ entry 0 (high >>> 24)

            rest <- rest.Slice 8

        for value in rest do
            sum <- (sum >>> 8) ^^^ entry 0 (sum ^^^ uint32 value)

        ~~~sum
