/** The page's policy forbids making code from text. zod would try, and the browser would report it. */
import * as z from "zod";

z.config({ jitless: true });
