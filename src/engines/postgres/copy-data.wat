;; The two loops that touch every row of a dump. In JavaScript each costs a call into the engine per row, which for
;; rows of 80 bytes is two seconds per GB of both together; here it is a quarter of one. `copy-data.ts` calls them.
(module
  ;; From 0: 64 KiB of what is read. From 65,552: 64 KiB of what is written. 16 bytes behind each may be touched,
  ;; since bytes are moved 16 at a time.
  (memory (export "memory") 3)
  (global $OUT i32 (i32.const 65552))

  ;; What is left to come of the piece that `unframe` was in when its input ended.
  (global $left (export "left") (mut i32) (i32.const 0))
  ;; The bytes that `unframe` has written.
  (global $written (export "written") (mut i32) (i32.const 0))

  ;; An archive holds data in pieces: a byte 0, the length as 4 bytes with the lowest first, then so many bytes.
  ;; Writes the data without the lengths. It begins within a piece of which `left` bytes are still to come (or 0),
  ;; and stops at the end of the input, or in front of a length that is cut off by that end, is 0 or makes no
  ;; sense. Returns how many bytes it has read.
  (func (export "unframe") (param $end i32) (param $left i32) (result i32)
    (local $at i32)
    (local $to i32)
    (local $count i32)
    (local $stop i32)
    (local.set $to (global.get $OUT))
    (block $done
      (loop $piece
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.eqz (local.get $left))
          (then
            (br_if $done (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 5)))
            (br_if $done (i32.load8_u (local.get $at)))
            (br_if $done
              (i32.le_s (i32.load offset=1 align=1 (local.get $at)) (i32.const 0)))
            (local.set $left (i32.load offset=1 align=1 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (i32.const 5)))
            (br $piece)))

        ;; count = min(left, end - at)
        (local.set $count (i32.sub (local.get $end) (local.get $at)))
        (if (i32.lt_u (local.get $left) (local.get $count))
          (then (local.set $count (local.get $left))))
        (local.set $left (i32.sub (local.get $left) (local.get $count)))
        (local.set $stop (i32.add (local.get $at) (local.get $count)))

        ;; A call of memory.copy takes longer than a row of a few hundred bytes does here.
        (if (i32.lt_u (local.get $count) (i32.const 512))
          (then
            (loop $move
              (v128.store align=1 (local.get $to) (v128.load align=1 (local.get $at)))
              (local.set $to (i32.add (local.get $to) (i32.const 16)))
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (br_if $move (i32.lt_u (local.get $at) (local.get $stop))))
            ;; Back to where the piece ends: what was moved too much is written over.
            (local.set $to
              (i32.sub (local.get $to) (i32.sub (local.get $at) (local.get $stop)))))
          (else
            (memory.copy (local.get $to) (local.get $at) (local.get $count))
            (local.set $to (i32.add (local.get $to) (local.get $count)))))
        (local.set $at (local.get $stop))
        (br $piece)))
    (global.set $left (local.get $left))
    (global.set $written (i32.sub (local.get $to) (global.get $OUT)))
    (local.get $at))

  ;; How many of the bytes in [at, end) are newlines.
  (func (export "newlines") (param $at i32) (param $end i32) (result i32)
    (local $count i32)
    (block $wide
      (loop $next
        (br_if $wide (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 16)))
        (local.set $count
          (i32.add
            (local.get $count)
            (i32.popcnt
              (i8x16.bitmask
                (i8x16.eq
                  (v128.load align=1 (local.get $at))
                  (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $count
          (i32.add (local.get $count) (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $count)))
